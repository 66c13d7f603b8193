// What was chosen in a tab of ours goes back to the frame that opened the tab: the answer's page in Moodle calls the
// page around it, which a tab does not have. Both are our own pages, and speak to nobody else.
const WAIT = 1500; // milliseconds for the frame to take it
const TAKEN = "answer taken";
const { origin } = window.location;

// In the tab: settled when the frame has taken the answer. Fails where there is no such frame.
export function handBack(action, JWT) {
  return new Promise((resolve, reject) => {
    const { opener } = window;
    if (window.parent !== window || !opener) {
      reject(new Error("no frame opened this page"));
      return;
    }
    setTimeout(reject, WAIT, new Error("the frame is not there any more"));
    window.addEventListener("message", (event) => {
      if (event.origin === origin && event.source === opener && event.data === TAKEN) resolve();
    });
    opener.postMessage({ action, JWT }, origin);
  });
}

function isAt(action, origins) {
  try {
    return origins.includes(new URL(action).origin);
  } catch {
    return false; // another message, or none that says where to
  }
}

// In the frame: takes an answer to the platform's own pages, and posts it from here.
export function takeBack() {
  const form = document.getElementById("answer");
  const origins = form.dataset.origins.split(" ");
  window.addEventListener("message", (event) => {
    const { action, JWT } = event.data ?? {};
    if (event.origin !== origin || !isAt(action, origins)) return;
    event.source.postMessage(TAKEN, origin);
    document.getElementById("opened").hidden = true;
    form.hidden = false;
    form.action = action;
    form.elements.JWT.value = JWT;
    form.submit();
  });
}
