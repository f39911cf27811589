// What every page loads. Each module works alone; pages work without any of them.
import "./menus.js";
import "./keys.js";
import "./toasts.js";
import "./dialogs.js";
import "./drafts.js";
import "./outbox.js";
import "./duplicates.js";
import "./plan_builder.js";
import "./suggestions.js";
import "./clocks.js";
import "./places.js";
import "./amounts.js";
