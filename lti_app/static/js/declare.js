/* The forms of a declaration and of a situation: warns before typed words are lost, and before a file is
 * sent that the service would refuse for its size. */

const form = document.getElementById("declaration");
if (form) {
  const notice = document.getElementById("unsaved");
  const file = document.getElementById("file");
  const problem = document.getElementById("file-problem");
  let changed = false;

  const tooLarge = () =>
    [...file.files].some((one) => one.size > Number(file.dataset.largest));

  form.addEventListener("input", () => {
    changed = true;
    notice.hidden = false;
  });
  file.addEventListener("change", () => {
    problem.hidden = !tooLarge();
    file.setAttribute("aria-invalid", String(tooLarge()));
  });
  form.addEventListener("submit", (event) => {
    if (tooLarge()) {
      event.preventDefault();
      file.focus();
      return;
    }
    changed = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
