// The sheet for somebody whose phone does not: printed by the browser, in large letters (web/css/assist.css).
const print = document.getElementById("print");
print.hidden = false;
print.addEventListener("click", () => globalThis.print());
print.focus();
document.addEventListener("keydown", (key) => { if (key.key === "Escape") location.href = document.querySelector(".assist-bar a").href; });
