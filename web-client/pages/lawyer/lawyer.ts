// The lawyer's desk: one page that stays open in an office and rings.
import { html, nothing, type TemplateResult } from "lit";
import { customElement } from "lit/decorators.js";
import { keepAwake } from "../../core/wake";
import { Page } from "../../elements/page";
import { words } from "../../words/words";
import { callView } from "./call";
import { idleView, offDutyView, offerView } from "./duty";
import { LawyerFlow, screenOf } from "./flow";
import { recordScreen } from "./record";
import { notForYouView, signInView, startingView, top, type View } from "./view";

const views: Record<ReturnType<typeof screenOf>, View> = {
    starting: startingView,
    "sign-in": signInView,
    "not-for-you": notForYouView,
    "off-duty": offDutyView,
    idle: idleView,
    offer: offerView,
    call: callView,
    record: recordScreen,
};

@customElement("lawyer-page")
export class LawyerPage extends Page {
    private readonly flow = new LawyerFlow();

    override connectedCallback(): void {
        super.connectedCallback();
        this.follow(this.flow.store);
        this.follow(this.flow.records.store);
        this.tick(1000);
        void this.flow.start();
    }

    private view(): ReturnType<typeof screenOf> {
        return screenOf(this.flow.store.get(), this.flow.records.store.get().open !== null);
    }

    protected override screen(): string {
        return this.view();
    }

    /** A tab in the background has nothing but its title. */
    protected override heading(): string {
        return this.screen() === "offer" ? words().lawyer.ringTitle : words().lawyer.title;
    }

    override render(): TemplateResult {
        const state = this.flow.store.get();
        keepAwake(this.screen() === "call" || this.screen() === "idle");
        return html`${top(state, this.flow)} ${views[this.view()](state, this.flow) ?? nothing}`;
    }
}
