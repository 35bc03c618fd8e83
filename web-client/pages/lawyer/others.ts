// Who takes part besides the two: asking somebody in, talking alone, passing it on.
import { html, nothing, type TemplateResult } from "lit";
import { guestRoles, type Consultation, type GuestRole, type Party } from "../../core/types";
import { button } from "../../elements/button";
import { code } from "../../elements/code";
import { sentence } from "../../elements/sentence";
import { words } from "../../words/words";
import { isOwn, type LawyerFlow, type LawyerState } from "./flow";

function who(party: Party): string {
    return words().party.face(party.role, party.name);
}

function linkOf(state: LawyerState, party: Party): TemplateResult | typeof nothing {
    const found = state.links ? state.links.links.find((one) => one.party === party.id) : undefined;
    if (!found) return nothing;
    const w = words().party;
    const link = `${location.origin}/g/${found.link}`;
    return html`<div class="invitation">
        ${link.length <= 106 ? code(link, w.linkPicture) : nothing}
        <div>
            <p>${w.link}</p>
            <input readonly data-test="guest-link" aria-label=${w.link} .value=${link} />
            ${button({ label: w.copy, test: "copy-link", press: () => void navigator.clipboard.writeText(link) })}
        </div>
    </div>`;
}

function parkButton(one: Consultation, flow: LawyerFlow, party: Party): TemplateResult | typeof nothing {
    if (party.state !== "inside" || one.parked) return nothing;
    return button({ label: words().party.park(who(party)), test: `park-${party.role}`, icon: "clock", press: () => flow.party("park", party.id) });
}

function row(state: LawyerState, flow: LawyerFlow, party: Party): TemplateResult {
    const one = state.consultation as Consultation;
    const w = words().party;
    const parked = one.parked === party.id;
    const guest = party.role !== "resident";
    return html`<li data-test="party">
        <p><b>${who(party)}</b> ${parked ? w.parkedNow(who(party)) : guest ? (w.states[party.state ?? "inside"] ?? "") : nothing}</p>
        ${linkOf(state, party)}
        <div class="row">
            ${parked ? button({ label: w.joint, test: "joint", icon: "people", kind: "primary", press: () => flow.party("joint") }) : parkButton(one, flow, party)}
            ${guest ? button({ label: w.putOut, test: "put-out", icon: "end", press: () => flow.party("put_out", party.id) }) : nothing}
        </div>
    </li>`;
}

function inviteForm(flow: LawyerFlow): TemplateResult {
    const w = words();
    const submit = (event: Event): void => {
        event.preventDefault();
        const fields = (event.target as HTMLFormElement).elements;
        const role = (fields.namedItem("role") as HTMLSelectElement).value as GuestRole;
        const name = (fields.namedItem("guest") as HTMLInputElement).value.trim();
        if (name) void flow.invite(role, name);
    };
    return html`<form class="invite" @submit=${submit}>
        <label>${w.party.inviteTitle}<select name="role" data-test="invite-role">
            ${guestRoles.map((role) => html`<option value=${role}>${w.party.roles[role]}</option>`)}
        </select></label>
        <label>${w.party.inviteName}<input name="guest" data-test="invite-name" maxlength="30" autocomplete="off" required /></label>
        <p>${w.party.inviteText}</p>
        <div class="row">
            <button type="submit" class="button primary" data-test="invite-send"><span class="label">${w.party.inviteSend}</span></button>
            ${button({ label: w.common.back, test: "menu-back", icon: "back", kind: "quiet", press: () => void flow.open("none") })}
        </div>
    </form>`;
}

/** To whom it may go; of an offer only at once. */
export function transferMenu(state: LawyerState, flow: LawyerFlow): TemplateResult {
    const w = words();
    const meets = state.consultation !== null && state.consultation.state !== "offered";
    const free = state.colleagues;
    return html`<section class="transfer" data-test="transfer-menu">
        <p><b>${w.party.transferTitle}</b></p>
        <p>${free.length === 0 ? w.party.nobodyFree : meets ? w.party.transferText : nothing}</p>
        ${free.map(
            (one) => html`<div class="row">
                <b>${w.lawyerName(one.name)}</b>
                ${meets ? button({ label: w.party.attended, test: `attended-${one.id}`, icon: "people", press: () => void flow.transfer("attended", one.id) }) : nothing}
                ${button({ label: w.party.blind, test: `blind-${one.id}`, icon: "answer", press: () => void flow.transfer("blind", one.id) })}
            </div>`,
        )}
        ${free.length > 0 ? button({ label: w.party.blindAny, test: "blind-any", press: () => void flow.transfer("blind", "") }) : nothing}
        ${button({ label: w.common.back, test: "menu-back", icon: "back", kind: "quiet", press: () => void flow.open("none") })}
    </section>`;
}

function colleague(one: Consultation, flow: LawyerFlow): TemplateResult | typeof nothing {
    if (!one.colleague) return nothing;
    const w = words().party;
    const name = words().lawyerName(one.colleague.name);
    const inside = one.colleague.state === "inside";
    return html`<p data-test="colleague"><b>${inside ? w.colleagueIn(name) : w.colleagueAsked(name)}</b></p>
        <div class="row">
            ${inside ? button({ label: w.handOver(name), test: "hand-over", icon: "answer", kind: "primary", press: () => flow.handOver() }) : nothing}
            ${button({ label: inside ? w.thank : w.takeBack, test: "part", icon: "end", press: () => flow.party("part") })}
        </div>`;
}

function choices(one: Consultation, flow: LawyerFlow): TemplateResult {
    const w = words().party;
    return html`<div class="row">
        ${button({ label: w.invite, test: "invite", icon: "people", press: () => void flow.open("invite") })}
        ${one.colleague ? nothing : button({ label: w.transfer, test: "transfer", icon: "answer", press: () => void flow.open("transfer") })}
    </div>`;
}

/** The panel beside the call. */
export function othersPanel(state: LawyerState, flow: LawyerFlow): TemplateResult {
    const one = state.consultation as Consultation;
    const w = words();
    if (!isOwn(one)) {
        const name = one.by ? w.lawyerName(one.by.name) : "";
        return html`<section class="others">
            ${sentence("calm", w.party.colleagueNote(name))}
            ${button({ label: w.party.leaveColleague, test: "part", icon: "end", kind: "danger", press: () => flow.party("part") })}
        </section>`;
    }
    const shown = (one.parties ?? []).filter((party) => party.role !== "lawyer" && party.role !== "colleague");
    const menus = { none: () => choices(one, flow), invite: () => inviteForm(flow), transfer: () => transferMenu(state, flow) };
    return html`<section class="others" data-test="others" aria-label=${w.party.panel}>
        <h2>${w.party.panel}</h2>
        <ul>${shown.map((party) => row(state, flow, party))}</ul>
        ${colleague(one, flow)} ${menus[state.menu]()}
    </section>`;
}

/** What the card says for the conflict check. */
export function conflictFacts(state: LawyerState): [string, string][] {
    const w = words().party;
    const about = state.about;
    const said = (text: string): string => text || w.notSaid;
    return [
        [w.offerAge, said(about ? (w.ages[about.age_band] ?? "") : "")],
        [w.offerAdverse, said(about ? about.adverse_party : "")],
    ];
}
