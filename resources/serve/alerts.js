// When the service is not well, in the page's language. The thresholds are the server's.
import { t } from "/words.js";

const percent = (share) => `${Math.round(share * 100)} %`;

const sentences = {
  slow: (value, threshold) => t("The slowest clips take {0} s from the wish to the file, more than {1} s.", value.toFixed(1), threshold.toFixed(0)),
  device_idle: (value, threshold) => t("The device is busy for {0} of the time while clips are made, less than {1}.", percent(value), percent(threshold)),
  device_full: (value, threshold) => t("The device is busy for {0} of the time, more than {1}: it has no room for more.", percent(value), percent(threshold)),
  quality: (value, threshold) => t("The files keep too little of the frames: SSIM {0}, less than {1}.", value.toFixed(2), threshold.toFixed(2)),
  queue: (value, threshold) => t("{0} clips wait, more than {1}.", value, threshold),
};

/** One that this page does not know is told in the server's words. */
export const sentence = (alert) => sentences[alert.id]?.(alert.value, alert.threshold) ?? alert.sentence;

export function showAlerts(place, alerts) {
  place.hidden = alerts.length === 0;
  place.replaceChildren(...alerts.map((alert) => Object.assign(document.createElement("p"), { className: "alert", textContent: sentence(alert) })));
}
