// Closes the platform's registration window as LTI Dynamic Registration 1.0 §3.7.1 says.
for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => {
    (window.opener || window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
  });
}
