// The booth's screens after a consultation: the lawyer has left.
import { html } from "lit";
import { scores } from "../../core/types";
import { button } from "../../elements/button";
import { tree } from "../../elements/topbar";
import { words } from "../../words/words";
import { thanksFor } from "./flow";
import { takeaway } from "./readback-view";
import { help, top, type View } from "./view";

export const rating: View = (state, flow) => {
    const w = words().booth;
    return html`${top(state)}
        <main class="middle">
            <h1>${w.ratingTitle}</h1>
            <p class="lead">${w.ratingText}</p>
            <div class="faces">
                ${scores.map((score) =>
                    button({
                        label: w.scores[score] ?? "",
                        test: `score-${score}`,
                        icon: `face${score}`,
                        press: () => flow.rate(score),
                    }),
                )}
            </div>
            ${takeaway(flow)}
            ${button({ label: w.ratingSkip, test: "skip", icon: "no", kind: "quiet", press: () => flow.go("thanks") })}
        </main>
        ${help(state)}`;
};

export const thanks: View = (state, flow) => {
    const w = words().booth;
    const reason = state.left ?? (state.consultation && state.consultation.end_reason) ?? "resident_left";
    const left = Math.max(0, Math.ceil((thanksFor - (performance.now() - state.touchedAt)) / 1000));
    return html`${top(state)}
        <main class="middle">
            ${tree()}
            <h1>${reason === "lost" || reason === "no_lawyer" ? w.sorryTitle : w.thanksTitle}</h1>
            <p class="lead" data-test="ended">${state.rated ? w.ratedThanks : w.ended[reason]}</p>
            ${button({ label: w.home, test: "home", icon: "home", kind: "primary", press: () => flow.home() })}
            ${takeaway(flow)}
            <p class="quiet">${w.thanksHome(left)}</p>
        </main>
        ${help(state)}`;
};
