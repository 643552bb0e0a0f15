// The page where a person asks. What the services send is put in as text, never as HTML.
import { events } from "/static/events.js";

const at = (id) => document.getElementById(id);
const form = at("ask"), question = at("question"), conversation = at("conversation");
const MISSING = { DOMAIN_DRUG: "약", DOMAIN_CLINIC: "병원", DOMAIN_EMERGENCY_SUPPORT: "응급", DOMAIN_INTERNAL_EXTERNAL: "진료과" };
let conversationId = "", running = null, asked = 0;

form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!running && question.value.trim()) ask(question.value.trim());
});
question.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    form.requestSubmit();
  }
});
at("stop").addEventListener("click", () => running?.abort());

async function ask(text) {
  const answer = new Answer(text, ++asked);
  running = new AbortController();
  busy(true);
  question.value = "";
  try {
    const body = { question: text, conversationId };
    if (at("near").checked) body.location = await position();
    await read(body, answer);
  } catch (error) {
    answer.fail(error.name === "AbortError" ? "멈췄습니다." : error.shown || "연결하지 못했습니다. 잠시 후 다시 시도해 주세요.");
  } finally {
    running = null;
    busy(false);
    question.focus();
  }
}

async function read(body, answer) {
  const response = await fetch("/v1/conversations:ask", {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "text/event-stream", "Idempotency-Key": key() },
    body: JSON.stringify(body),
    signal: running.signal,
  });
  if (!response.ok) throw Object.assign(new Error("refused"), { shown: (await response.json()).message });
  for await (const { event, data } of events(response)) take(event, data, answer);
}

function take(event, data, answer) {
  switch (event) {
    case "started": conversationId = data.conversationId; break;
    case "emergency": alarm(data); break;
    case "classified": at("status").textContent = "자료를 찾고 있습니다…"; break;
    case "evidence": answer.cite(data.citations); break;
    case "degraded": answer.note(`${MISSING[data.domain] || "일부"} 자료를 지금 확인하지 못했습니다.`); break;
    case "delta": answer.append(data.text); break;
    case "completed": answer.complete(data); break;
    case "error": answer.fail(data.message); break;
  }
}

/** One question and its answer as they grow. */
class Answer {
  constructor(text, number) {
    this.number = number;
    this.text = "";
    this.sources = new Map();
    conversation.append(element("p", "question", text));
    this.box = element("article", "answer", "");
    this.box.setAttribute("aria-label", "답변");
    this.words = element("div", "words", "");
    this.box.append(this.words);
    conversation.append(this.box);
  }
  append(piece) {
    this.text += piece;
    this.words.textContent = this.text;
  }
  cite(citations) {
    for (const citation of citations) this.sources.set(citation.number, citation);
  }
  note(sentence) {
    this.box.append(element("p", "note", sentence));
  }
  fail(sentence) {
    this.box.append(element("p", "failed", sentence));
  }
  complete(data) {
    if (data.emergency && data.emergency.hotline) alarm(data.emergency);
    this.cite(data.citations);
    this.words.replaceChildren(...this.linked(data.answer));
    if (data.citations.length) this.list(data.citations);
  }
  /** The answer's text with each [n] as a link to source n. */
  linked(text) {
    return text.split(/(\[\d+\])/).map((piece) => {
      const number = Number(piece.slice(1, -1));
      if (!/^\[\d+\]$/.test(piece) || !this.sources.has(number)) return document.createTextNode(piece);
      const link = element("a", "", piece);
      link.href = `#source-${this.number}-${number}`;
      link.setAttribute("aria-label", `출처 ${number}`);
      const raised = document.createElement("sup");
      raised.append(link);
      return raised;
    });
  }
  list(citations) {
    const list = document.createElement("ol");
    for (const citation of citations) {
      const date = citation.asOf ? ` (${citation.asOf})` : "";
      const item = element("li", "", `${citation.title} · ${citation.source}${date}`);
      item.id = `source-${this.number}-${citation.number}`;
      item.value = citation.number;
      list.append(item);
    }
    this.box.append(element("h2", "", "출처"), list);
  }
}

function alarm({ guidance, hotline }) {
  const parts = [element("strong", "", "응급 안내"), element("span", "", guidance)];
  if (/^\d{3,4}$/.test(hotline)) {
    const call = element("a", "", `${hotline} 전화하기`);
    call.href = `tel:${hotline}`;
    parts.push(document.createElement("br"), call);
  }
  at("emergency").replaceChildren(...parts);
  at("emergency").hidden = false;
}

function busy(on) {
  conversation.setAttribute("aria-busy", String(on));
  at("send").disabled = on;
  at("stop").hidden = !on;
  at("status").textContent = on ? "답변을 준비하고 있습니다…" : "";
}

function element(name, kind, text) {
  const made = document.createElement(name);
  made.className = kind;
  made.textContent = text;
  return made;
}

/** The place for this one question; without permission the question goes without it. */
function position() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(undefined);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => resolve({ latitude: coords.latitude, longitude: coords.longitude }),
      () => resolve(undefined),
      { maximumAge: 300000, timeout: 5000 },
    );
  });
}

function key() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
