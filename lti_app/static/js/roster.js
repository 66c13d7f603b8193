/* A class whose list is on its way: asks until it is there, then shows it. */

const PAUSE = 700; // ms
const PATIENCE = 30000; // ms; then the button on the page has to do

const { url } = document.getElementById("roster-waiting").dataset;
const begun = performance.now();

async function ask() {
  try {
    const response = await fetch(url, { headers: { Accept: "application/json" } });
    const { read, failed } = await response.json();
    if (read || failed) {
      location.reload();
      return;
    }
  } catch {
    // asked again
  }
  if (performance.now() - begun < PATIENCE) setTimeout(ask, PAUSE);
}

setTimeout(ask, PAUSE);
