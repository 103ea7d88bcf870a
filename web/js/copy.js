// A text on a public page is copied by one press; without this the text can be marked and copied by hand.
const words = JSON.parse(document.body.dataset.strings || "{}");
const line = document.getElementById("copied");

async function copy(field) {
  field.focus();
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy"); // over plain HTTP there is no clipboard; the marked text is copied the old way
  }
}

for (const button of document.querySelectorAll("button.copy")) {
  const was = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const done = await copy(document.getElementById(button.dataset.of));
    button.textContent = done ? `✓ ${words.copied}` : was;
    line.textContent = done ? words.copied : words.copy_by_hand;
    button.focus();
    setTimeout(() => { button.textContent = was; line.textContent = ""; }, 4000);
  });
}
