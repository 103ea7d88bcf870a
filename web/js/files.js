// Files by the picker or dropped on the page (#form, #plain, #file or #photo, #drop): what the pages share that take many at once.
const at = (id) => document.getElementById(id);

const until = (call) => new Promise((done, fail) => { call(done, fail); });

// All files of what was dropped: a folder gives the files in it, however deep. What cannot be read is left to `take`, which tells it.
async function walk(entry, found) {
  if (entry.isFile) found.push(await until((done, fail) => entry.file(done, fail)));
  if (!entry.isDirectory) return;
  const reader = entry.createReader();
  for (let some; (some = await until((done, fail) => reader.readEntries(done, fail))).length;) for (const one of some) await walk(one, found); // a hundred at once
}

async function dropped(data) {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry?.()); // now: the list is emptied when the event is over
  const files = [...data.files], found = [];
  if (!entries.some((entry) => entry?.isDirectory)) return files;
  try { for (const entry of entries) if (entry) await walk(entry, found); } catch { return files; }
  return found;
}

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
      if (name === "drop") dropped(drag.dataTransfer).then(take);
    });
  }
}
