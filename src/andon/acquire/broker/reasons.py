"""What a broker's refusals mean, in plain words: return codes of MQTT 3.1.1 and reason codes of MQTT 5."""

OLD = {
    1: 'it does not speak MQTT 3.1.1; set version = "5"',
    2: "it does not take this client_id; set another one",
    3: "it is not available now; it is tried again",
    4: "the user or the password is wrong, or one is needed; set user, and the secret 'password'",
    5: "the user or the password is wrong, or this user may not do this; set user and the secret 'password'",
}
"""Return codes of a 3.1.1 CONNACK [OASIS MQTT 3.1.1, 3.2.2.3]."""
NEW = {
    0x80: "it gives no reason",
    0x81: "it found a packet of ours malformed",
    0x82: "it found a packet of ours against the protocol",
    0x83: "it is set up to refuse this",
    0x84: 'it does not speak MQTT 5; set version = "3.1.1"',
    0x85: OLD[2],
    0x86: OLD[4],
    0x87: OLD[5],
    0x88: OLD[3],
    0x89: "it is busy; it is tried again",
    0x8A: "this client is banned; ask the broker's owner",
    0x8B: "it is shutting down",
    0x8C: "it wants another way of logging in, which Andon does not have",
    0x8D: "it heard nothing from us for too long",
    0x8E: "another client with the same client_id connected; each needs its own",
    0x8F: "it does not take this topic pattern",
    0x90: "it does not take this topic",
    0x93: "more messages were unacknowledged than it allows",
    0x95: "a packet was larger than it allows",
    0x96: "we sent faster than it allows",
    0x97: "a quota is used up; ask the broker's owner",
    0x98: "its owner ended the connection",
    0x99: "the payload was not in the form it expects",
    0x9A: "it keeps no retained messages",
    0x9B: "it has no QoS 1",
    0x9C: "another server is to be used for now",
    0x9D: "another server is to be used from now on",
    0x9E: "it has no shared subscriptions",
    0x9F: "we connect too often",
    0xA0: "the longest time of a connection is over",
    0xA1: "it has no subscription identifiers",
    0xA2: "it has no subscriptions with wildcards; name each topic",
}
"""Reason codes of MQTT 5 from 0x80 on [OASIS MQTT 5.0, 2.4]."""


def reason(code: int) -> str:
    """Why a broker refused.

    >>> reason(0x8E)
    'another client with the same client_id connected; each needs its own (0x8E)'
    """
    if code in OLD:
        return f"{OLD[code]} (code {code})"
    return f"{NEW.get(code, 'its reason is not one that MQTT names')} (0x{code:02X})"
