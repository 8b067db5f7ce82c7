"""The English sentence of every code in `domain.errors`: one line, in plain words, with what to do.

`code: reason` is the sentence of one reason of a code.
"""

from __future__ import annotations

from app.i18n.marks import _

ERRORS: dict[str, str] = {
    "error": _("Something went wrong. Try again; if it happens again, look into the log."),
    "refusal": _("This cannot be done now. Check the payment and try again."),
    "defect": _("Paydesk made a mistake of its own. The details are in the log; please report it."),
    "bad_input": _("This value cannot be used. Check it and enter it again."),
    "amount_not_number": _("This is not a sum. Enter a number such as 125,50."),
    "rule_broken": _("The rules of the till do not allow this. Look at the payment's state and the limits."),
    "amount_zero": _("The sum must be more than zero. Enter how much the customer pays."),
    "amount_three_decimals": _("A sum has at most two digits after the comma. Round it to whole kopecks."),
    "amount_over_limit": _("The sum is over the limit of {limit}. Enter less, or raise till.max_amount_minor."),
    "bad_phone": _("This is not a Ukrainian phone number. Enter it as 380XXXXXXXXX."),
    "bad_email": _("This is not an e-mail address. Enter it as name@example.com."),
    "text_too_long": _("The text in “{field}” is too long. Shorten it to {limit} characters."),
    "card_number_typed": _(
        "This looks like a card number. Card numbers are never typed here: the customer enters the card on the"
        " operator's page. Take the number out of “{field}”."
    ),
    "bad_value": _("“{value}” cannot be used here; {wanted} is needed. Enter it again."),
    "seq_unknown": _(
        "The journal has no entry {seen}; its last one is {last}. Take “as_of” from “paydesk payment ID --json”."
    ),
    "not_cancellable": _(
        "This payment can no longer be cancelled. Look at its state; paid money goes back by a refund."
    ),
    "not_cancellable: paid": _(
        "This payment has been paid meanwhile, so its sum stays. Paid money goes back by a refund."
    ),
    "not_cancellable: paying": _("The customer is paying now, so the sum stays. Wait for the result."),
    "not_cancellable: elsewhere": _(
        "Somebody else has cancelled or ended this link meanwhile, so no new sale was begun. Look at the payment again."
    ),
    "link_replaced": _("This payment got a new link after you looked. Look at the payment again."),
    "not_renewable": _(
        "Only an expired, cancelled or not created payment gets a new link. Look at this payment's state."
    ),
    "money_may_have_come": _(
        "Money may have come for this payment already, so it gets no second link yet. Check it at the operator, and"
        " settle what needs attention."
    ),
    "money_may_have_come: authorised": _(
        "The customer was paying when the link ran out, so the money may still come. Check it at the operator; if"
        " nothing was paid, cancel the link, then make a new one."
    ),
    "nothing_to_refund": _(
        "There is nothing to give back: no money came by the operator's callback, or all of it is on its way back."
    ),
    "refund_in_flight": _(
        "A refund of this payment is still on its way. Wait until it is known what became of it, or check it at the"
        " operator."
    ),
    "refunds_changed": _(
        "News of this payment's refunds came after you looked. Look again before you decide; the money may have gone"
        " back already."
    ),
    "refund_too_much": _("That is more than is left to give back. At most {rest} can go back now."),
    "refund_reason_missing": _("Say why the money goes back: a reason is needed."),
    "refund_settled": _("It is already known what became of this refund. Look at the payment's events."),
    "nothing_to_settle": _("Nothing about this payment needs attention. Look at its events."),
    "nothing_to_settle: newer": _("What needs attention came after you looked. Look at the payment again."),
    "not_confirmable": _(
        "The operator does not say that this payment is paid, so it cannot be marked as paid. Settle it without"
        " marking it, or check it at the operator."
    ),
    "not_confirmable: newer": _(
        "The operator said only after you looked that this payment is paid. Look at it again, then confirm it."
    ),
    "not_confirmable: counted": _(
        "The operator's signed callback already says how much came, and a person's word does not change it. Settle it"
        " without marking it as paid."
    ),
    "settle_reason_missing": _("Say what you found out: a reason is needed."),
    "day_already_closed": _("The day {day} is closed already, and a closing never changes. Look at the day."),
    "day_not_started": _("The day {day} has not begun yet. Close it when it is over."),
    "refund_unknown": _(
        "What became of the refund is not known. Do not send it again; Paydesk asks the operator, and its cabinet"
        " shows it."
    ),
    "keys_exist": _(
        "This home already has a key that the operator may know, so it is not replaced. “paydesk keys show” shows it."
    ),
    "keys_exist: import": _(
        "This home already has another key that the operator may know, so it is not replaced. To replace it, add"
        " --replace: the earlier key is then kept aside."
    ),
    "wrong_mode": _(
        "The settings are of the other mode (demo or live) than the payments of this home, so nothing is sent or"
        " accepted. Go back to the settings of before, or use another home with --home."
    ),
    "wrong_mode: live_home": _(
        "This home is set up for real payments, and the demo would overwrite its settings. Leave out --home, or name"
        " another folder."
    ),
    "operator_error": _("The operator could not do it. Try again later."),
    "operator_refused": _("The operator refused: {message} (code {operator_code}). Check the data and the settings."),
    "operator_refused: access": _(
        "The operator does not accept this desk. Check the token, the keys and the environment in the settings."
    ),
    "operator_refused: bad_answer": _(
        "What the operator answered makes no sense. Try again; if it stays so, check the operator's address."
    ),
    "operator_refused: http_status": _("The operator's server reports an error (HTTP {status}). Try again later."),
    "operator_unreachable": _(
        "The operator did not answer, so the outcome is not known yet. Check the internet; Paydesk will ask again."
    ),
    "operator_unreachable: certificate_untrusted": _(
        "This computer does not trust the certificate at the operator's address, so nothing was sent. An"
        " antivirus or a proxy may be reading https: exempt the operator's address in it. Paydesk will ask"
        " again."
    ),
    "operator_unreachable: certificate_expired": _(
        "The certificate at the operator's address has expired or is not valid yet, so nothing was sent."
        " Check this computer's date and time. Paydesk will ask again."
    ),
    "operator_unreachable: certificate_name": _(
        "The certificate at the operator's address is for another name, so nothing was sent. Check"
        " operator.url, and that no proxy or public Wi-Fi answers instead. Paydesk will ask again."
    ),
    "operator_unreachable: tls": _(
        "No secure connection (TLS) with the operator could be made, so nothing was sent. Check operator.url,"
        " and that no proxy or antivirus interferes. Paydesk will ask again."
    ),
    "operator_unreachable: connection_refused": _(
        "The operator's address refuses connections, so nothing was sent. Check operator.url and the"
        " firewall; Paydesk will ask again."
    ),
    "operator_unreachable: name_unknown": _(
        "The host of operator.url was not found, so nothing was sent. Check the internet and operator.url;"
        " Paydesk will ask again."
    ),
    "operator_unreachable: timeout": _(
        "The operator did not answer in time, so the outcome is not known yet. Check the internet; Paydesk"
        " will ask again."
    ),
    "not_found": _("There is no such payment. Check its number or id."),
    "not_configured": _("Not set yet: {what}."),
    "setting_unknown": _("There is no setting {key}. “paydesk config get” lists all of them."),
    "setting_bad": _("The setting {key} cannot be used{where}: {why}. Correct it and try again."),
    "setting_bad: gone": _(
        "settings.toml is gone; the last good settings are in use. Put it back: settings.toml.good is a copy of it. To"
        " begin with new settings on purpose, delete settings.toml.good, too."
    ),
    "setting_bad: emptied": _(
        "settings.toml is empty; the last good settings are in use. Put it back: settings.toml.good is a copy of it. To"
        " begin with new settings on purpose, delete settings.toml.good, too."
    ),
    "setting_bad: cut": _(
        "settings.toml ends early{where}; the last good settings are in use. Put it back: settings.toml.good is a copy"
        " of it. If you shortened it on purpose, delete settings.toml.good."
    ),
    "setting_bad: section_lost": _(
        "settings.toml has lost its section [{limits}]; the last good settings are in use. Put it back:"
        " settings.toml.good is a copy of it. If you removed it on purpose, delete settings.toml.good."
    ),
    "setting_bad: lost": _(
        "settings.toml no longer says which of the operator's servers this home works with, so the test server is not"
        " taken instead. Put settings.toml back, or set operator.environment."
    ),
    "bad_key": _("The key cannot be used: {why}. Choose another file."),
    "no_right": _("You have no right to do this, or the PIN is wrong. Ask the owner."),
    "occupied": _("Another program is using it. Close that program and try again."),
    "port_taken": _("Port {port} is taken by another program. Close it, or set another callbacks.port."),
    "listener_failed": _("Callbacks cannot be received now: {reason}. Close other programs; it is tried again."),
    "home_taken": _("Another Paydesk already works with this home. Close it, or use another home with --home."),
    "storage_error": _("The data could not be read or written. Check the disk and try again."),
    "storage_full": _("The disk is full. Free some space and try again."),
    "storage_locked": _("Another program holds the data. Close it and try again."),
    "storage_read_only": _("The home folder cannot be read or written. Check the rights to it."),
    "storage_read_only: no_home": _(
        "The home folder {path} cannot be found from here. Name one by its full path with --home or PAYDESK_HOME."
    ),
    "file_not_writable": _("The file {path} cannot be written. Check that its folder is there and may be written to."),
    "own_file": _("The file {path} belongs to Paydesk's own data. Choose another name."),
    "output_lost": _(
        "It is done, but the output could not be written: {reason}. “paydesk payments” shows what is kept."
    ),
    "storage_damaged": _(
        "The data file is damaged; nothing was changed. Keep a copy of it and put the last backup in its place."
    ),
    "storage_damaged: ledger_gone": _(
        "The data file ledger.sqlite3 is gone or empty, though this home has had one; nothing was changed. Put the last"
        " backup in its place. To begin anew on purpose, use another home, or move everything out of this folder first."
    ),
    "storage_doubtful": _(
        "After the last unexpected stop the data do not look right. Nothing was changed; let “paydesk doctor” look at"
        " them, and keep the last backup."
    ),
    "storage_newer": _("The data were written by a newer Paydesk. Install that version or a later one."),
    "secrets_unreadable": _(
        "The saved keys and token cannot be read: the key to them is lost or not available. Unlock the system's"
        " keyring, or restore the home from a backup."
    ),
    "secrets_unreadable: vault_gone": _(
        "The saved keys and token (vault.bin) are gone; nothing was changed. Put vault.bin back from a copy of this"
        " folder. If there is none, delete home.json, make a new key pair and give its public half to the operator."
    ),
}

MISSING: dict[str, str] = {
    "operator_token": _(
        "the operator's token; enter it in the settings, Operator (“paydesk config set operator.token”)"
    ),
    "private_key_pem": _(
        "your own key; make it in the settings, Operator (“paydesk keys make”), and give its public half to the"
        " operator"
    ),
    "operator_key_pem": _(
        "the operator's public key; choose its file in the settings, Operator (“operator.public_key_file”)"
    ),
    "secrets": _("the saved keys and token, which cannot be read now; “paydesk doctor” says why"),
    "": _("{setting}; set it in the settings or with “paydesk config set”"),
}
"""The settings that NotConfigured names, and where to get them."""
MISSING |= {
    "operator.token": MISSING["operator_token"],
    "keys": MISSING["private_key_pem"],
    "operator.public_key_file": MISSING["operator_key_pem"],
}

REASONS: dict[str, str] = {
    "empty": _("it may not be empty"),
    "not_text": _("it must be a text"),
    "control_characters": _("it holds characters that cannot be printed"),
    "card_number": _("it looks like a card number, and those are never kept here"),
    "not_true_or_false": _("it must be true or false"),
    "one_of": _("it must be one of: {limits}"),
    "not_whole_number": _("it must be a whole number"),
    "not_number": _("it must be a number"),
    "range": _("it must lie within {limits}"),
    "not_list": _("it must be a list"),
    "too_many": _("it may have at most {limits} entries"),
    "not_address": _("it must be an IP address or a network such as 10.0.0.0/8"),
    "not_zone": _("there is no such time zone; write one such as Europe/Kyiv"),
    "not_time": _("it must be a time such as 06:30"),
    "not_quarter": _("it must be a full quarter of an hour, such as 06:15 or 06:30"),
    "not_host": _("it must be an address or a host name"),
    "host_unknown": _("there is no computer of this name"),
    "not_this_computer": _("this computer does not have this address"),
    "port_needs_rights": _("ports below {limits} need the administrator's rights; choose another one"),
    "not_url": _("it must be an address that starts with https://"),
    "not_plain_url": _("the address must be written plainly, such as https://pay.example.com/shop"),
    "no_query": _("the address may have no “?” or “#” part"),
    "no_login_in_url": _("the address may hold no name or password"),
    "http_on_loopback_only": _("plain http is allowed for this very computer only; use https"),
    "not_https": _("the address must start with https://"),
    "unreadable_file": _("the file cannot be read"),
    "missing_file": _("there is no such file"),
    "is_folder": _("it is a folder, not a file"),
    "not_a_file": _("it is not an ordinary file"),
    "no_permission": _("Paydesk may not read the file"),
    "empty_file": _("the file is empty"),
    "not_a_key": _("there is no key in the file"),
    "cut_off": _("the key is cut off: its end is missing"),
    "damaged_key": _("the key is damaged"),
    "several_keys": _("there are several keys in the file; leave one in it"),
    "is_certificate": _("the file holds a certificate, not a key"),
    "is_public": _("it is a public key, and the private one is needed"),
    "is_private": _("it is a private key, and the public one is needed"),
    "encrypted": _("the key has a password; save it without one"),
    "not_rsa": _("it is not an RSA key"),
    "too_short": _("the RSA key is shorter than 2048 bits"),
    "own_key": _("it is your own public key, and the operator's is needed"),
    "tls_needs_both": _(
        "TLS needs both files; set callbacks.tls_certificate_file and callbacks.tls_key_file, or neither"
    ),
    "no_certificate": _("there is no certificate in the file"),
    "no_private_key": _("there is no private key in the file"),
    "not_a_pair": _("the certificate and the key do not belong together"),
    "not_a_certificate_pair": _("the two TLS files are no certificate and its key in PEM form without a password"),
    "not_utf8": _("the file is not a UTF-8 text"),
    "toml_syntax": _("the line is not valid TOML"),
    "too_large": _("a number in it has too many digits, or too many brackets stand within one another"),
    "unknown": _("there is no such setting"),
    "lost": _("it is missing, though this home has worked with one; choose it again"),
    "secret_in_file": _("the token is a secret; set it with “paydesk config set operator.token”"),
}

SHORT_ERRORS: dict[str, str] = {
    "amount_not_number": _("This is not a sum"),
    "amount_zero": _("More than zero is needed"),
    "amount_three_decimals": _("At most two digits after the comma"),
    "amount_over_limit": _("At most {limit}"),
    "refund_too_much": _("At most {limit}"),
    "bad_phone": _("Phone: 380XXXXXXXXX"),
    "bad_email": _("E-mail: name@example.com"),
    "card_number_typed": _("Never type a card number here"),
    "text_too_long": _("At most 250 characters"),
}
"""Short forms for the space next to a field."""

WARNINGS: dict[str, str] = {
    "secrets_in_file": _(
        "WARNING: this system has no working key store. The secrets' key lies in a file of the home folder: "
        "whoever can read that folder can act for the shop."
    ),
    "settings_bad": _(
        "Warning: settings.toml is damaged or has lost something. "
        "Look at the check-up in the settings before you charge."
    ),
    "no_listener": _(
        "Warning: no listener ever ran here and callbacks.public_url is not set, "
        "so callbacks cannot arrive. Start: paydesk listen"
    ),
}
