// Goes on to the LMS if the browser kept our cookie in this frame, or if the LMS keeps its value for us;
// offers a new tab if neither does.
import { put } from "./storage.js";

const going = document.getElementById("going");

function go() {
  window.location.replace(going.dataset.next);
}

function offerTab() {
  going.hidden = true;
  document.getElementById("blocked").hidden = false;
  document.getElementById("new-tab").focus();
}

going.hidden = false;
if (document.cookie.split("; ").includes("lti-probe=1")) {
  go();
} else if (going.dataset.storage) {
  const { key, value, ...storage } = JSON.parse(going.dataset.storage);
  put(storage, key, value).then(go, offerTab);
} else {
  offerTab();
}
