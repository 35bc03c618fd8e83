// What all pages share: they draw into the document itself (one style sheet a page, no shadow
// trees), say their state in data-state, and draw again when the language or their store changes.
import type { Store } from "../core/store";
import { onLanguage, words } from "../words/words";
import { watchForms } from "./beside";
import { Part } from "./part";

export abstract class Page extends Part {
    private endings: (() => void)[] = [];

    /** The name of what is shown, for style sheets and tests. */
    protected abstract screen(): string;

    /** The document's title; a page that rings changes it. */
    protected abstract heading(): string;

    override connectedCallback(): void {
        // What the document showed until now makes room.
        if (!this.hasUpdated) {
            this.textContent = "";
            watchForms();
        }
        super.connectedCallback();
        this.endings.push(onLanguage(() => this.requestUpdate()));
    }

    override disconnectedCallback(): void {
        this.endings.forEach((end) => end());
        this.endings = [];
        super.disconnectedCallback();
    }

    protected follow<T extends object>(store: Store<T>): void {
        this.endings.push(store.listen(() => this.requestUpdate()));
    }

    /** Draws again every `ms`: countdowns and durations. */
    protected tick(ms: number): void {
        const timer = window.setInterval(() => this.requestUpdate(), ms);
        this.endings.push(() => window.clearInterval(timer));
    }

    override updated(): void {
        document.documentElement.lang = words().htmlLang;
        document.title = this.heading();
        const screen = this.screen();
        if (this.dataset["state"] === screen) return;
        this.dataset["state"] = screen;
        window.scrollTo(0, 0);
    }
}
