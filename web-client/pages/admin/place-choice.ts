// Where somebody belongs: everywhere, a district, a street, one centre, or several that are ticked.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Account, Place } from "../../core/types";
import { Part } from "../../elements/part";
import { whereOf } from "../../elements/place-list";
import { wrongAt, type Refusal } from "../../elements/wrong";
import { words } from "../../words/words";

type Belongs = Pick<Place, "district" | "street"> & { centre: string };

const several = "several";

const valueOf = (belongs: Belongs): string => JSON.stringify(belongs);

/** What the form says of it, as the gateway takes it. */
export function placeOf(data: FormData): Record<string, string | string[]> {
    const place = data.get("place");
    if (typeof place !== "string") return {};
    if (place === several) return { centres: data.getAll("centres").filter((one): one is string => typeof one === "string") };
    return JSON.parse(place) as Belongs;
}

function sorted(centres: readonly Place[]): Place[] {
    const key = (one: Place): string => `${whereOf(one)} ${one.name}`;
    return [...centres].sort((a, b) => key(a).localeCompare(key(b), "zh-CN"));
}

/** Everything, each district, each of its streets, each of their centres: once, and in that order. */
function belongings(centres: readonly Place[]): (readonly [string, string])[] {
    const all = new Map<string, string>([[valueOf({ district: "", street: "", centre: "" }), words().place.whole]]);
    for (const { id, name, district, street } of sorted(centres)) {
        if (district) all.set(valueOf({ district, street: "", centre: "" }), district);
        if (street) all.set(valueOf({ district, street, centre: "" }), whereOf({ district, street }));
        all.set(valueOf({ district, street, centre: id }), [whereOf({ district, street }), name].filter((one) => one).join(" · "));
    }
    if (centres.length > 1) all.set(several, words().place.several);
    return Array.from(all);
}

@customElement("place-choice")
export class PlaceChoice extends Part {
    @property({ attribute: false }) account: Account | undefined = undefined;
    @property({ attribute: false }) centres: Place[] = [];
    @property({ attribute: false }) refusal: Refusal | null = null;
    /** What was chosen here; before that, what the account has. */
    @state() private chosen: string | null = null;

    private value(): string {
        const { account, chosen } = this;
        if (chosen !== null) return chosen;
        if (account && account.centres.length > 1) return several;
        return valueOf({ district: account?.district ?? "", street: account?.street ?? "", centre: account?.centre ?? "" });
    }

    private ticks(): TemplateResult {
        const ticked = this.account ? this.account.centres : [];
        return html`<fieldset class="several"><legend>${words().place.which}</legend>
            ${wrongAt(this.refusal, "centres")}
            ${sorted(this.centres).map(
                (one) => html`<label class="check">
                    <input type="checkbox" name="centres" value=${one.id} data-test=${`centres-${one.id}`} ?checked=${ticked.includes(one.id)} />
                    <span>${one.name} <i class="quiet">${whereOf(one)}</i></span>
                </label>`,
            )}
        </fieldset>`;
    }

    override render(): TemplateResult {
        const value = this.value();
        const choose = (event: Event): void => {
            this.chosen = (event.target as HTMLSelectElement).value;
        };
        return html`<label>${words().place.belongs}
                <select name="place" data-test="place" @change=${choose}>
                    ${belongings(this.centres).map(([one, label]) => html`<option value=${one} ?selected=${one === value}>${label}</option>`)}
                </select>
                ${wrongAt(this.refusal, "place")}
            </label>
            ${value === several ? this.ticks() : nothing}`;
    }
}
