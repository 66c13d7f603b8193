// Takes what the tool's frame brings back, as Moodle's mod_lti/contentitem does, and shows it in the frame's place.
"use strict";
window.processContentItemReturnData = (chosen) => {
  const shown = document.importNode(chosen, true);
  shown.hidden = false;
  document.getElementById("contentframe").replaceWith(shown);
};
