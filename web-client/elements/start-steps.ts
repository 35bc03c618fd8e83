// The first evening: what to do on a machine without any account, and what is still missing before
// the clinic can open.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api } from "../core/api";
import type { Start } from "../core/types";
import { words } from "../words/words";
import { button } from "./button";
import { icon } from "./icons";
import { WatchingPart } from "./part";
import { sentence } from "./sentence";
import { tree } from "./topbar";

/** Null when the gateway does not answer: then nothing is known to be missing. */
export async function readStart(): Promise<Start | null> {
    return api<Start>("/v1/start").catch(() => null);
}

/** Instead of a door that nobody could open. */
export function noAccountYet(): TemplateResult {
    const w = words().start;
    const command = (at: number): TemplateResult | typeof nothing =>
        w.commands[at] ? html`<code>${w.commands[at]}</code>` : nothing;
    return html`<section class="card sign-in first-evening" data-test="no-account">
        ${tree()}
        <h1>${w.title}</h1>
        <p>${w.lead}</p>
        <ol>${w.steps.map((step, at) => html`<li>${step}${command(at)}</li>`)}</ol>
        ${button({ label: w.refresh, test: "refresh", icon: "yes", kind: "primary", press: () => location.reload() })}
    </section>`;
}

@customElement("start-steps")
export class StartSteps extends WatchingPart {
    @state() private facts: Start | null = null;
    protected override readonly every = 10000;

    protected override async load(): Promise<void> {
        this.facts = (await readStart()) ?? this.facts;
    }

    override render(): TemplateResult | typeof nothing {
        const w = words().start;
        const { facts } = this;
        // After the first consultation nobody needs this any more.
        if (!facts || facts.consultation) return nothing;
        const steps = (["centre", "booth", "lawyer", "consultation"] as const).map(
            (name) => html`<li data-done=${String(facts[name])}>
                <span class="who">${w.facts[name]}</span>
                <span class="chip ${facts[name] ? "free" : "busy"}">${icon(facts[name] ? "yes" : "clock")}${facts[name] ? w.done : w.open}</span>
            </li>`,
        );
        return html`<section class="card wide" data-test="start-steps">
            <h2>${w.todo}</h2>
            ${facts.centre && facts.booth && facts.lawyer ? sentence("good", w.allDone) : nothing}
            <ol class="duty plain-list">${steps}</ol>
        </section>`;
    }
}
