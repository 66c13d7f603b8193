// Goes on to the platform when the browser keeps the probe cookie; otherwise offers a new tab.
const main = document.querySelector("main[data-next]");
if (document.cookie.split("; ").includes("lti-probe=1")) {
  window.location.replace(main.dataset.next);
} else {
  document.getElementById("wait").hidden = true;
  document.getElementById("blocked").hidden = false;
}
