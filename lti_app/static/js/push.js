// Follows a push under way, and shows the page anew once it has ended.
const place = document.getElementById("push");
const bar = document.getElementById("progress");
const PAUSE = 1000; // milliseconds between two looks

async function look() {
  try {
    const response = await fetch(place.dataset.state, { headers: { Accept: "application/json" } });
    if (response.ok) {
      const { under_way: underWay, done, total } = await response.json();
      if (!underWay) {
        location.reload();
        return;
      }
      bar.max = total || 1;
      bar.value = done;
    }
  } catch {
    // No network for a moment: the next look will tell.
  }
  setTimeout(look, PAUSE);
}

setTimeout(look, PAUSE);
