// The booth: a large touch screen in a centre, for people who may never have used a computer.
import { html, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { keepAwake } from "../../core/wake";
import { Page } from "../../elements/page";
import { words } from "../../words/words";
import { Aloud } from "./aloud";
import { BoothFlow, screenOf } from "./flow";
import { attract, declined, enrol, offline, starting } from "./front";
import { rating, thanks } from "./after";
import { asking, call, waiting } from "./meeting";
import { category, consent, danger } from "./questions";
import { leave } from "./leave";
import { takeawaySheet } from "./readback-view";
import { idleQuestion, type View } from "./view";

const views: Record<ReturnType<typeof screenOf>, View> = {
    enrol,
    starting,
    offline,
    attract,
    consent,
    declined,
    category,
    danger,
    asking,
    waiting,
    leave,
    call,
    rating,
    thanks,
};

@customElement("booth-page")
export class BoothPage extends Page {
    private readonly flow = new BoothFlow();
    private readonly aloud = new Aloud();

    override connectedCallback(): void {
        super.connectedCallback();
        this.follow(this.flow.store);
        this.follow(this.flow.readback.store);
        this.tick(1000);
        this.addEventListener("click", (event) => this.touched(event));
        this.addEventListener("contextmenu", (event) => event.preventDefault());
        this.flow.start();
        keepAwake(true);
    }

    protected override screen(): string {
        return screenOf(this.flow.store.get());
    }

    protected override heading(): string {
        return words().booth.title;
    }

    /** A press on the front that is no answer, or one on "hear it again". */
    private touched(event: MouseEvent): void {
        this.flow.touch();
        const pressed = event.target instanceof Element ? event.target.closest("button") : null;
        const wish = pressed !== null && pressed.dataset["test"] === "hear-again";
        if (wish || (pressed === null && this.screen() === "attract")) this.aloud.again(this.flow.store.get(), this.flow);
    }

    override updated(): void {
        super.updated();
        this.aloud.follow(this.flow.store.get(), this.flow);
    }

    override render(): TemplateResult {
        this.flow.present(this.aloud.reading);
        this.flow.later();
        const state = this.flow.store.get();
        return html`${views[screenOf(state)](state, this.flow)} ${idleQuestion(state, this.flow)}
        ${takeawaySheet(this.flow.readback)}`;
    }
}
