// A text is copied by one press; without this it can be marked and copied by hand. `words`: copied, copy_by_hand; `say` tells a screen reader.
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

export function copyButtons(words, say) {
  for (const button of document.querySelectorAll("button.copy")) {
    const was = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const done = await copy(document.getElementById(button.dataset.of));
      button.textContent = done ? `✓ ${words.copied}` : was;
      say(done ? words.copied : words.copy_by_hand);
      button.focus();
      setTimeout(() => { button.textContent = was; }, 4000);
    });
  }
}
