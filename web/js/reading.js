// A page that is being read learns of what is urgent, and of nothing else: a line at its top that leads to the delegate's page. Where there is no line, nothing is said.
const door = document.body.dataset.door;
const place = document.getElementById("live-urgent");
let etag = "";

async function look() {
  try {
    if (document.visibilityState === "visible") {
      const answer = await fetch(`${door}/news`, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store", signal: AbortSignal.timeout(10000) });
      if (answer.status === 200) take(await answer.text(), answer.headers.get("ETag") || "");
    }
  } catch { /* the paper stays as it is */ }
  setTimeout(look, 12000 + Math.random() * 4000);
}

function take(text, mark) {
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("live-urgent");
  const old = [...place.querySelectorAll("p")].map((one) => one.textContent);
  const now = [...(fresh ? fresh.querySelectorAll("p") : [])];
  if (now.map((one) => one.textContent).join("\n") !== old.join("\n")) {
    place.replaceChildren(...now.map((one) => {
      const link = document.createElement("a");
      link.href = `${door}#live-urgent`;
      link.append(one);
      return link;
    }));
    const alarm = now.map((one) => one.textContent.trim()).filter((one, i) => !old.includes(now[i].textContent));
    if (alarm.length > 0) document.getElementById("news-alarm").textContent = alarm.join(" ");
  }
  etag = mark;
}

if (door && place) setTimeout(look, 1000 + Math.random() * 4000);
