// Platform storage: the LMS's page keeps a value of ours in this browser (LTI Client Side postMessages).
const WAIT = 3000; // milliseconds for the platform's page to answer

// The frame that the platform named: its page itself, or one beside ours.
function frameOf(target) {
  return target === "_parent" ? window.parent : window.parent.frames[target];
}

function ask({ target, origin }, message) {
  return new Promise((resolve, reject) => {
    const frame = frameOf(target);
    if (!frame || window.parent === window) {
      reject(new Error("no platform around this page"));
      return;
    }
    const id = Array.from(crypto.getRandomValues(new Uint32Array(4)), String).join("-");
    const stop = (settle, value) => {
      clearTimeout(timer);
      window.removeEventListener("message", answered);
      settle(value);
    };
    function answered(event) {
      const told = event.data;
      if (event.origin !== origin || told?.message_id !== id) return;
      if (told.subject !== `${message.subject}.response`) return;
      if (told.error) stop(reject, new Error(told.error.code));
      else stop(resolve, told.value);
    }
    const timer = setTimeout(() => stop(reject, new Error("no answer")), WAIT);
    window.addEventListener("message", answered);
    frame.postMessage({ ...message, message_id: id }, origin);
  });
}

export function put(storage, key, value) {
  return ask(storage, { subject: "lti.put_data", key, value });
}

export function get(storage, key) {
  return ask(storage, { subject: "lti.get_data", key });
}
