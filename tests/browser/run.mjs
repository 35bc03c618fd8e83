// Real browsers against the real gateway.
//
//     node tests/browser/run.mjs [NAME...]      without a name all but "access", which asks no gateway and is a program of its own
import { report } from "../support/report.mjs";
import { access } from "./access.mjs";
import * as appointment from "./appointment.mjs";
import * as consultation from "./consultation.mjs";
import * as chosen from "./chosen.mjs";
import * as counter from "./counter.mjs";
import * as earlier from "./earlier.mjs";
import * as crowd from "./crowd.mjs";
import * as drops from "./drops.mjs";
import * as equipment from "./equipment.mjs";
import * as first from "./first.mjs";
import * as forms from "./forms.mjs";
import * as laptop from "./laptop.mjs";
import * as lecture from "./lecture.mjs";
import * as papers from "./papers.mjs";
import * as party from "./party.mjs";
import { photo } from "./photo.mjs";
import * as record from "./record.mjs";
import * as recorded from "./recorded.mjs";
import { staffTriesToRead } from "./refused.mjs";
import * as restart from "./restart.mjs";
import * as simulcast from "./simulcast.mjs";
import * as staff from "./staff.mjs";
import * as trace from "./trace.mjs";
import * as turn from "./turn.mjs";
import * as voice from "./voice.mjs";
import * as visit from "./visit.mjs";

const all = {
  "a resident and a lawyer see and hear each other": consultation.faceToFace,
  "cameras are ready before the lawyer accepts, and nobody sees anybody until then": consultation.warmed,
  "three touches and no key from the front to the lawyer's face": visit.threeTouches,
  "the danger card shows 110 and tells the desk": visit.dangerCard,
  "nobody on duty: a number is left and a lawyer answers": visit.nobodyOnDuty,
  "instead of waiting on, an appointment is wished for": visit.insteadOfWaiting,
  "letters, slower speech and quiet help beside a call": visit.besideTheCall,
  "a drop is spoken though nothing can be fetched, and the same lawyer comes back": visit.dropIsSpoken,
  "two booths and two lawyers: declined, crossed, accepted at once, not answered": crowd.twoAndTwo,
  "the network is dropped at every stage, and nothing is lost": drops.droppedAtEveryStage,
  "the lawyer's laptop is closed: the same one in time, else the next, with the same draft": laptop.closedAndOpened,
  "the next resident finds no trace": trace.nextFindsNothing,
  "a paper is shown, both draw on it, nothing of it stays": papers.paperIsShown,
  "a PDF is leafed through and pictures are shown, and no other files": papers.filesAreShown,
  "the lawyer's screen is shared, large beside the face": papers.screenIsShared,
  "a resident in the queue leaves his number, in writing": visit.identityIsLeft,
  "a record is drafted, read back, sealed and printed, and leaves no trace at the booth": record.recordWritten,
  "somebody at the desk tries to read a record": staffTriesToRead,
  "what is typed is at the gateway when the page is hidden": record.hiddenIsSaved,
  "three see and hear each other, one waits outside, one is put out": party.threeTogether,
  "a colleague joins and takes it over, and passes it back": party.passedOn,
  "earlier consultations are read while the resident agrees, and one press takes them away": earlier.seenWhileAgreed,
  "a consultation is recorded while both agree, and one press ends it": recorded.recordedAndWithdrawn,
  "who comes later is asked, and nothing is recorded until he has answered": recorded.lateJoiner,
  "its lawyer watches what was recorded, both sides and both files of one, and nobody else does": recorded.watchedAfterwards,
  "the gateway is killed in a call and both find each other again": consultation.gatewayKilled,
  "a lawyer's photo is shown at the booth": photo,
  "an account is made, its lawyer serves, and the desk sees it all": staff.fromAccountToCallBack,
  "a wish becomes an appointment, and the booth finds its lawyer by a number": appointment.fromWishToLawyer,
  "forms: each of every page is tried": forms.everyFormIsTried,
  "forms at the door: what is wrong stands beside its field, what was typed stays": forms.doorKeepsWhatIsTyped,
  "forms of those who keep the clinic: what is wrong stands beside its field, what was typed stays": forms.clinicKeepsWhatIsTyped,
  "forms of a meeting: what is wrong stands beside its field, what was typed stays": forms.meetingKeepsWhatIsTyped,
  "an empty machine: first account, centre, booth, lawyer, consultation": first.firstEvening,
  "a page at work locks itself and opens by the password": first.locksItself,
  "somebody at the desk speaks a sentence, and the open booth says it in his voice": voice.deskSpeaks,
  "a lost WebSocket does not end the call": consultation.webSocketLost,
  "the network changes and the call goes on in the same sessions": () => restart.networkChanges(),
  "a gateway with full ICE: a call, and a network that changes": restart.networkChangesWithFullIce,
  "the way to the gateway is lost and the call goes on in the same sessions": restart.wayIsLost,
  "a lawyer tries camera, microphone, speaker and every way to the gateway": equipment.allIsTried,
  "equipment is tried shortly when a lawyer goes on duty": equipment.shortlyTried,
  "a lawyer whose office lets no UDP out learns which ways are open": equipment.udpIsCut,
  "media ports are closed and the call goes by TURN": turn.mediaPortsClosed,
  "nothing but TCP to port 443 is open and the call goes by TURN in TLS": turn.only443,
  "Firefox watches while its network changes": restart.firefoxGoesOn,
  "a publishing Chromium reaches its rate": consultation.publisherReachesItsRate,
  "a personal link shows title, time and telephone without scripts": lecture.pageWithoutScripts,
  "Chromium watches the lecture": lecture.chromiumWatches,
  "Chromium answers a counter-offer and watches": counter.chromiumAnswers,
  "a watcher chooses one of the sizes that Chromium publishes": chosen.layersAreChosen,
  "Firefox watches the lecture": lecture.firefoxWatches,
  "the hall's page is watched at home and sees how many": lecture.hallIsWatched,
  "the hall's page sends its camera in three sizes": simulcast.hallSendsThree,
  "a viewer chooses among three sizes of VP8 (simulcast)": simulcast.simulcastVP8,
  "a viewer chooses among three sizes of H.264 (simulcast)": simulcast.simulcastH264,
  "a viewer chooses among the layers of VP9 (SVC)": simulcast.scalable,
  "a viewer chooses among the layers of VP9 that need each other in keyframes alone (K-SVC)": simulcast.scalableByKey,
};
const wanted = process.argv.slice(2);
const tests = Object.entries(wanted.length ? { ...all, ...access } : all).filter(([name]) => !wanted.length || wanted.some((part) => name.includes(part)));
process.exit(await report(Object.fromEntries(tests)));
