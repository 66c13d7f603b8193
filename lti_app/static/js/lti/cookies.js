// Goes on to the LMS if the browser kept our cookie in this frame, or if the LMS keeps its value for us;
// offers a new tab if neither does.
import { put } from "./storage.js";

const SECURE_HOSTS = ["localhost", "127.0.0.1", "[::1]"]; // where browsers take Secure without https
const going = document.getElementById("going");

function go() {
  window.location.replace(going.dataset.next);
}

// The tab hands back what is chosen there; only then is more to be loaded than every login needs.
function offerTab() {
  const [blocked, opened, link] = ["blocked", "opened", "new-tab"].map((id) => document.getElementById(id));
  going.hidden = true;
  blocked.hidden = false;
  link.focus();
  link.addEventListener("click", () => {
    blocked.hidden = true;
    opened.hidden = false;
  });
  import("./handback.js").then(({ takeBack }) => takeBack());
}

// A cookie like those of the server, which this page cannot read: kept or refused as they are.
function keepsCookies() {
  const kind = window.location.protocol === "https:" || SECURE_HOSTS.includes(window.location.hostname);
  const rules = kind ? "Secure; SameSite=None; Partitioned" : "SameSite=Lax";
  document.cookie = `lti-probe=1; Path=${window.location.pathname}; Max-Age=60; ${rules}`;
  return document.cookie.split("; ").includes("lti-probe=1");
}

going.hidden = false;
if (keepsCookies()) {
  go();
} else if (going.dataset.storage) {
  const { key, value, ...storage } = JSON.parse(going.dataset.storage);
  put(storage, key, value).then(go, offerTab);
} else {
  offerTab();
}
