// The new tab: fetches its ticket from the frame that opened it, and opens the activity with it.
const going = document.getElementById("going");
const failed = document.getElementById("failed");

function fail(text) {
  going.hidden = true;
  failed.hidden = false;
  if (text) document.getElementById("failure").textContent = text;
}

async function redeem(ticket) {
  const response = await fetch(window.location.pathname, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify({ ticket }),
  });
  const answer = await response.json();
  if (response.ok) window.location.replace(answer.url);
  else fail(answer.message);
}

if (window.opener) {
  const timer = setTimeout(fail, 5000, "");
  window.addEventListener("message", (event) => {
    if (event.origin !== window.location.origin || !event.data?.ticket) return;
    clearTimeout(timer);
    redeem(event.data.ticket).catch(() => fail(""));
  });
  window.opener.postMessage("ticket?", window.location.origin);
} else {
  fail("");
}
