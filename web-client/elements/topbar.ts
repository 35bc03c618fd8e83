// The line at the top: whose page this is, and the language switch.
import { html, nothing, type TemplateResult } from "lit";
import { switchLanguage, words } from "../words/words";
import { icon } from "./icons";

export interface TopbarOptions {
    title: string;
    /** Who is signed in, or which centre. */
    who?: string;
    signOut?: () => void;
    /** Whether to lead to one's own account. */
    account?: boolean;
    middle?: TemplateResult;
}

export function languageSwitch(): TemplateResult {
    const other = words().otherLanguage;
    return html`<button type="button" class="link" data-test="language" lang=${other === "English" ? "en" : "zh-CN"}
        @click=${switchLanguage}>${other}</button>`;
}

export function topbar(options: TopbarOptions): TemplateResult {
    return html`<header class="topbar">
        <span class="tree">${tree()}</span>
        <span class="where"><b>${options.title}</b>${options.who ? html`<i>${options.who}</i>` : nothing}</span>
        <span class="middle">${options.middle ?? nothing}</span>
        <span class="links">${options.account
            ? html`<a class="link" href="/account" data-test="my-account">${icon("person")}<span>${words().mine.link}</span></a>`
            : nothing}
        ${languageSwitch()}
        ${options.signOut
            ? html`<button type="button" class="link" data-test="sign-out" @click=${options.signOut}>
                  ${icon("back")}<span>${words().common.signOut}</span>
              </button>`
            : nothing}</span>
    </header>`;
}

/** The tree that people sit under: Banyan's mark. */
export function tree(): TemplateResult {
    return html`<svg class="mark" viewBox="0 0 48 48" aria-hidden="true" focusable="false">
        <path class="crown" d="M24 4c7 0 11 4 12 8 5 0 9 4 9 9 0 6-5 9-10 9H13c-5 0-10-3-10-9 0-5 4-9 9-9 1-4 5-8 12-8z"></path>
        <path class="trunk" d="M22 24h4v14l4 6H18l4-6z M13 26h2v17h-2z M33 26h2v17h-2z"></path>
    </svg>`;
}
