// Closes the platform's registration window as LTI Dynamic Registration 1.0 §3.7.1 says. Registers once, however
// often the button is pressed: the platform would make a tool each time.
for (const form of document.forms) {
  form.addEventListener("submit", () => {
    form.setAttribute("aria-busy", "true");
    for (const button of form.elements) if (button.type === "submit") button.disabled = true;
  });
}
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => {
    (window.opener || window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
  });
}
