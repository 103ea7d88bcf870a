// A shared screen: after a minute without a touch nobody's page is shown any more. Without this script the page itself goes back after a minute.
const { kiosk: home, seconds } = document.querySelector("script[data-kiosk]").dataset;
const limit = Number(seconds) * 1000;
const longest = 5 * limit; // while a paper is read in its own window, where touches cannot be seen
let timer = 0;
let paper = null;
let opened = 0;

function leave() {
  if (paper && !paper.closed && Date.now() - opened < longest) {
    again();
    return;
  }
  if (paper && !paper.closed) paper.close();
  location.replace(home);
}

function again() {
  clearTimeout(timer);
  timer = setTimeout(leave, limit);
}

for (const kind of ["pointerdown", "keydown", "wheel", "touchmove"]) addEventListener(kind, again, { passive: true, capture: true });

addEventListener("click", (click) => {
  const link = click.target.closest("a");
  if (!link) return;
  if (link.classList.contains("kiosk-done")) {
    click.preventDefault();
    opened = 0;
    leave();
  } else if (link.pathname.includes("/f/")) {
    click.preventDefault();
    if (paper && !paper.closed) paper.close();
    paper = window.open(link.href, "paper");
    opened = Date.now();
    again();
  }
});

// The browser's "back" may bring a page as it was: nobody's any more.
addEventListener("pageshow", (show) => { if (show.persisted) location.replace(home); });

// A hand scanner types wherever it is; on the first page that is the field for the badge.
const scan = document.getElementById("scan");
if (scan) {
  scan.value = "";
  scan.focus();
  addEventListener("keydown", (key) => { if (document.activeElement === document.body && key.key.length === 1) scan.focus(); });
}
again();
