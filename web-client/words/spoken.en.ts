// What the booth says aloud, in English.
import type { Spoken } from "./spoken.zh-CN";

const plural = (n: number, one: string, many: string): string => `${n} ${n === 1 ? one : many}`;

export const spokenEn: Spoken = {
    welcome: "To ask a lawyer, please press the big button in the middle. It is free, nothing to sign up for.",
    consentChoose: "If you agree, press the big green button. If not, that is fine: press the white one.",
    category: "What is it about? Please press a card. If it is hard to say, press the big button at the top.",
    number: "Please press the number of your appointment, or the last four digits of your telephone, then press, done.",
    declined: "That is fine. Please ask the staff, they will help you in person.",
    sensitive: "May private matters be written down, such as health, children or bank accounts? If yes, press the green button. If not, press the white one.",
    recordingAsked: "The lawyer would like to record this talk. If you agree, press the green button. If not, press the white one; you talk all the same.",
    recordingRuns: "You are being recorded. To stop it, press: stop recording.",
    danger: "You are in danger: call the police first. Dial one, one, zero, at once. Or call the staff loudly.",
    readback: "The lawyer reads it to you. If it is right, press the green button. If not, press the white one.",
    takeaway: "All is confirmed. To take a sheet of paper home, press print.",
    askFailed: "That did not work. Please press once more.",
    ahead: (n) => (n > 0 ? `${plural(n, "person is", "people are")} before you.` : "You are next."),
    manyAhead: "There are more than ten people before you.",
    minutes: (n) => `About ${plural(n, "minute", "minutes")}.`,
    manyMinutes: "It may take more than an hour.",
    offered: "We are calling a lawyer. Please sit down.",
    nobody: "No lawyer is on duty now. You may wait, or leave a number.",
    leave: "You need not wait. To be called by a lawyer, press: leave a number. For an appointment, press: make an appointment.",
    leaveDay: "Which day suits you? Please press one.",
    leavePhone: "Please enter your phone number, then press: done.",
    meeting: "The lawyer is here. Just speak.",
    reconnecting: "The line broke. We are connecting you back to your lawyer. Please stay.",
    lawyerAway: "Your lawyer's line broke. We are connecting you back. Please stay.",
    soundOnly: "The network is slow: sound only for now. The picture comes back by itself.",
    noMicrophone: "Camera and microphone are off. Please call the staff.",
    noCamera: "The camera is off. Please call the staff. The lawyer can still hear you.",
    end: "Do you want to end this consultation?",
    rating: "The lawyer has left. How was it? Please press a face. To skip this, press the last button.",
    idle: "Are you still there? If so, press: I am still here. If nobody does, this goes back to the start in twenty seconds.",
};
