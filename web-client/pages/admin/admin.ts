// The administrator's first look: is the machine well, and are people being served.
import { html, type TemplateResult } from "lit";
import { customElement, state } from "lit/decorators.js";
import { api } from "../../core/api";
import type { Clinic } from "../../core/types";
import { dutyList } from "../../elements/duty-list";
import { sentence } from "../../elements/sentence";
import { WorkPage } from "../../elements/work-page";
import { words } from "../../words/words";
import "./accounts";
import "./lawyer-import";
import "./audit";
import "../../elements/place-list";
import "../../elements/start-steps";

async function answers(path: string): Promise<boolean> {
    try {
        return (await fetch(path, { cache: "no-store" })).ok;
    } catch {
        return false;
    }
}

@customElement("admin-page")
export class AdminPage extends WorkPage {
    protected readonly roles = ["sysadmin", "secadmin", "auditor", "admin"];
    @state() private alive = false;
    @state() private ready = false;
    @state() private clinic: Clinic | null = null;

    protected override headline(): { title: string; signInTitle: string; signInText: string } {
        return words().admin;
    }

    protected override async load(): Promise<void> {
        [this.alive, this.ready] = await Promise.all([answers("/healthz"), answers("/readyz")]);
        this.clinic = await api<Clinic>("/v1/clinic");
    }

    protected override board(): TemplateResult {
        if (this.userRole() === "secadmin") return html`<start-steps></start-steps><account-list></account-list><lawyer-import></lawyer-import>`;
        if (this.userRole() === "auditor") return html`<audit-log></audit-log>`;
        return this.machine();
    }

    private machine(): TemplateResult {
        const w = words().admin;
        const lawyers = this.clinic ? this.clinic.duty_lawyers : [];
        return html`<start-steps></start-steps>
            <section class="card" data-test="health" data-ready=${String(this.alive && this.ready)}>
                <h2>${w.health}</h2>
                ${this.alive ? sentence("good", w.alive) : sentence("warn", w.notAlive)}
                ${this.ready ? sentence("good", w.ready) : sentence("warn", w.notReady)}
            </section>
            <section class="card number">
                <h2>${w.waiting}</h2>
                <p class="big" data-test="waiting"><b>${this.clinic ? this.clinic.waiting : 0}</b> ${words().desk.people}</p>
            </section>
            <section class="card">
                <h2>${w.duty}</h2>
                ${lawyers.length ? dutyList(lawyers) : sentence("warn", words().desk.noDuty)}
            </section>
            <place-list keeps></place-list>`;
    }
}
