// Files by the picker or dropped on the page (#form, #plain, #file or #photo, #drop): what the pages share that take many at once.
const at = (id) => document.getElementById(id);

// `take` gets an array of files, each time that some are given. The form is for browsers without a script and goes away.
export function receive(picker, take) {
  picker.multiple = true;
  picker.removeAttribute("name");
  picker.classList.add("sr"); // its label is the button; the keyboard still finds it
  at("plain").hidden = true;
  at("form").addEventListener("submit", (submit) => submit.preventDefault());
  picker.addEventListener("change", () => { take([...picker.files]); picker.value = ""; });
  for (const name of ["dragover", "dragleave", "drop"]) {
    at("drop").addEventListener(name, (drag) => {
      drag.preventDefault();
      at("drop").classList.toggle("over", name === "dragover");
      if (name === "drop") take([...drag.dataTransfer.files]);
    });
  }
}
