// People at the gateway's door and in its clinic, through REST and the live WebSocket.
//     node tests/flow/people.mjs [TEXT]      only the tests whose name has TEXT in it
//     node tests/flow/people.mjs --short     without those that mostly wait
import { report } from "../support/report.mjs";
import { accounts } from "./people/accounts.mjs";
import { appointments } from "./people/appointment.mjs";
import { chosenCentres } from "./people/centres.mjs";
import { clinic, patience } from "./people/clinic.mjs";
import { consents } from "./people/consent.mjs";
import { desk } from "./people/desk.mjs";
import { deskwork } from "./people/deskwork.mjs";
import { entry } from "./people/entry.mjs";
import { wrongs } from "./people/fields.mjs";
import { limitations } from "./people/limitation.mjs";
import { links } from "./people/links.mjs";
import { messages } from "./people/message.mjs";
import { paperTests } from "./people/papers.mjs";
import { printing } from "./people/print.mjs";
import { parties } from "./people/party.mjs";
import { photos } from "./people/photo.mjs";
import { places } from "./people/places.mjs";
import { prompts } from "./people/prompts.mjs";
import { record } from "./people/record.mjs";
import { reports } from "./people/report.mjs";
import { earlierOnes } from "./people/earlier.mjs";
import { preflights } from "./people/preflight.mjs";
import { reminders } from "./people/reminder.mjs";
import { retention } from "./people/retention.mjs";
import { patientTrouble, trouble } from "./people/trouble.mjs";
import { visits } from "./people/visit.mjs";
import { sharedTests } from "./people/shared.mjs";
import { upkeep } from "./people/upkeep.mjs";

const short = process.argv.includes("--short");
const wanted = short ? "" : (process.argv[2] ?? "");
const chosen = (tests) => Object.entries(tests).filter(([name]) => name.includes(wanted));

// Those that mostly wait do so beside the others, each with a gateway of its own.
const begun = chosen(short ? {} : { ...patience, ...patientTrouble }).map(([name, test]) => {
  const running = test();
  running.catch(() => {}); // reported below
  return [name, () => running];
});
const failed = await report(Object.fromEntries([...chosen({ ...entry, ...accounts, ...desk, ...appointments, ...reminders, ...clinic, ...trouble, ...upkeep, ...links, ...prompts, ...record, ...limitations, ...reports, ...visits, ...messages, ...paperTests, ...sharedTests, ...printing, ...deskwork, ...parties, ...consents, ...earlierOnes, ...preflights, ...retention, ...photos, ...places, ...chosenCentres, ...wrongs }), ...begun]));
process.exit(failed ? 1 : 0);
