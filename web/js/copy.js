// The ready text of a public page.
import { copyButtons } from "./copying.js";

const words = JSON.parse(document.body.dataset.strings || "{}");
const line = document.getElementById("copied");
copyButtons(words, (text) => { line.textContent = text; setTimeout(() => { line.textContent = ""; }, 4000); });
