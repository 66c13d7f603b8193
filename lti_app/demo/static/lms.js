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
  }
  for (const button of document.querySelectorAll("[data-confirm]")) {
    button.addEventListener("click", (event) => {
      if (!window.confirm(button.dataset.confirm)) event.preventDefault();
    });
  }
})();
