// A paper and what both sides draw on it: a finger or a mouse draws, a mouse that only moves points.
import { html, svg, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Paper } from "../core/papers";
import type { Drawn, PapersMay } from "../core/types";
import { words } from "../words/words";
import { Part } from "./part";

const scale = 10000;
const mostNumbers = 400;
const pointEvery = 100;

export interface Draw {
    kind: Drawn["kind"];
    points: number[];
}

@customElement("still-board")
export class StillBoard extends Part {
    @property({ attribute: false }) paper: Paper | null = null;
    /** Who only points leaves no strokes; who only looks on, nothing. */
    @property() may: PapersMay = "draw";
    @state() private stroke: number[] = [];
    private drawing = false;
    private pointedAt = 0;

    override connectedCallback(): void {
        super.connectedCallback();
        window.addEventListener("resize", this.fit);
    }

    override disconnectedCallback(): void {
        window.removeEventListener("resize", this.fit);
        super.disconnectedCallback();
    }

    override updated(): void {
        this.fit();
    }

    /** As large as there is room for, so that picture and strokes have the same edges. */
    private fit = (): void => {
        const board = this.querySelector<HTMLElement>(".paper-board");
        const image = this.querySelector("img");
        if (!board || !image || image.naturalWidth === 0) return;
        const { clientWidth, clientHeight } = this;
        const by = Math.min(clientWidth / image.naturalWidth, clientHeight / image.naturalHeight);
        const [width, height] = [image.naturalWidth * by, image.naturalHeight * by];
        Object.assign(board.style, {
            width: `${width}px`,
            height: `${height}px`,
            left: `${(clientWidth - width) / 2}px`,
            top: `${(clientHeight - height) / 2}px`,
        });
    };

    private at(event: PointerEvent): number[] {
        const box = (event.currentTarget as Element).getBoundingClientRect();
        const part = (value: number, whole: number): number => Math.round(Math.min(1, Math.max(0, value / whole)) * scale);
        return [part(event.clientX - box.left, box.width), part(event.clientY - box.top, box.height)];
    }

    private send(kind: Drawn["kind"], points: number[]): void {
        this.dispatchEvent(new CustomEvent<Draw>("draw", { detail: { kind, points } }));
    }

    private down(event: PointerEvent): void {
        if (this.may === "point") this.send("pointer", this.at(event));
        if (this.may !== "draw") return;
        (event.currentTarget as Element).setPointerCapture(event.pointerId);
        this.drawing = true;
        this.stroke = this.at(event);
    }

    private move(event: PointerEvent): void {
        if (this.drawing && this.stroke.length < mostNumbers) this.stroke = [...this.stroke, ...this.at(event)];
        if (this.drawing || this.may === "see" || performance.now() - this.pointedAt < pointEvery) return;
        this.pointedAt = performance.now();
        this.send("pointer", this.at(event));
    }

    private up(): void {
        if (!this.drawing) return;
        this.drawing = false;
        this.send("pen", this.stroke);
        this.stroke = [];
    }

    override render(): TemplateResult | typeof nothing {
        const { paper } = this;
        if (!paper) return nothing;
        const line = (points: number[]): unknown => svg`<polyline points=${[...points, points[0] ?? 0, points[1] ?? 0].slice(0, Math.max(4, points.length)).join(" ")}></polyline>`;
        const [x, y] = paper.pointer ?? [];
        return html`<div class="paper-board" data-test="board">
            ${paper.url ? html`<img src=${paper.url} alt=${paper.info.name || words().visit.paper} data-test="paper" @load=${this.fit} />` : nothing}
            <svg viewBox="0 0 ${scale} ${scale}" preserveAspectRatio="none" data-test="pen"
                @pointerdown=${(event: PointerEvent) => this.down(event)}
                @pointermove=${(event: PointerEvent) => this.move(event)}
                @pointerup=${() => this.up()} @pointercancel=${() => this.up()}>
                ${paper.strokes.map(line)} ${this.stroke.length > 0 ? line(this.stroke) : nothing}
                ${x === undefined || y === undefined ? nothing : svg`<ellipse cx=${x} cy=${y} rx="140" ry="180" data-test="pointer"></ellipse>`}
            </svg>
        </div>`;
    }
}

declare global {
    interface HTMLElementTagNameMap {
        "still-board": StillBoard;
    }
}
