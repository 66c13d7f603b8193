// The activity's frame takes the height that is left below it, as in Moodle's Boost theme.
"use strict";
(() => {
  const frame = document.getElementById("contentframe");
  if (frame) {
    const stretch = () => {
      const left = window.innerHeight - frame.getBoundingClientRect().top - window.scrollY - 15;
      frame.style.height = `${Math.max(left, 400)}px`;
    };
    stretch();
    window.addEventListener("resize", stretch);
    // A tool that has registered says so; Moodle looks at the subject only.
    window.addEventListener("message", (event) => {
      if (frame.dataset.close && event.data?.subject === "org.imsglobal.lti.close") {
        window.location.assign(frame.dataset.close);
      }
    });
  }
  for (const button of document.querySelectorAll("[data-confirm]")) {
    button.addEventListener("click", (event) => {
      if (!window.confirm(button.dataset.confirm)) event.preventDefault();
    });
  }
})();
