/* Goes on to the LMS if the browser kept our cookie in this frame; offers a new tab if it did not. */

const going = document.getElementById("going");
if (document.cookie.split("; ").includes("lti-probe=1")) {
  going.hidden = false;
  window.location.replace(going.dataset.next);
} else {
  document.getElementById("blocked").hidden = false;
  document.getElementById("new-tab").focus();
}
