"""Invented names: people, companies and words for what they talk about. No real company is among them."""

from random import Random

FIRST_NAMES = (
    "Ada", "Aisha", "Alma", "Amir", "Anouk", "Arjun", "Astrid", "Bruno", "Camille", "Chiara", "Dario", "Elif", "Emil",
    "Farah", "Felix", "Freya", "Gita", "Hanna", "Hugo", "Ida", "Imran", "Ines", "Ivo", "Jana", "Jonas", "Kaito", "Kira",
    "Lars", "Leila", "Lena", "Linus", "Luca", "Mara", "Marek", "Mei", "Mila", "Nadia", "Nils", "Noor", "Olga", "Omar",
    "Otto", "Paula", "Petra", "Quinn", "Rafael", "Rana", "Ravi", "Rosa", "Samir", "Selin", "Sofia", "Sven", "Tara",
    "Theo", "Tomas", "Ulla", "Vera", "Victor", "Wanda", "Yara", "Yusuf", "Zoe", "Zora",
)  # fmt: skip
LAST_NAMES = (
    "Adler", "Aydin", "Bakker", "Banerjee", "Berg", "Bianchi", "Blom", "Carvalho", "Costa", "Dahl", "Demir", "Dubois",
    "Egger", "Falk", "Ferrari", "Fischer", "Garcia", "Greco", "Haas", "Haddad", "Hansen", "Ito", "Jansen", "Kaya",
    "Keller", "Khan", "Kovac", "Kowalski", "Kruse", "Lange", "Larsen", "Lind", "Lopez", "Marino", "Meyer", "Mori",
    "Moreau", "Nagy", "Nair", "Novak", "Okafor", "Olsen", "Ortega", "Park", "Peeters", "Petrov", "Quist", "Rao",
    "Reyes", "Romano", "Rossi", "Sato", "Schulz", "Silva", "Singh", "Sousa", "Stein", "Tanaka", "Toth", "Urban",
    "Vidal", "Visser", "Weber", "Wolff", "Yilmaz", "Zeman",
)  # fmt: skip
TITLES = (
    "Head of operations", "Purchasing manager", "Chief financial officer", "IT manager", "Managing director",
    "Head of sales", "Project lead", "Operations analyst", "Head of logistics", "Office manager",
)  # fmt: skip
INDUSTRIES = {
    "Logistics": ("Logistics", "Freight", "Cargo"),
    "Manufacturing": ("Works", "Machines", "Tooling"),
    "Retail": ("Stores", "Market", "Outfitters"),
    "Health care": ("Clinics", "Care", "Medical"),
    "Energy": ("Energy", "Power", "Solar"),
    "Food": ("Foods", "Bakeries", "Farms"),
    "Software": ("Software", "Systems", "Data"),
    "Construction": ("Construction", "Builders", "Timber"),
    "Education": ("Academy", "Schools", "Learning"),
}
SUBJECTS = {
    "call": ("Check in", "Clear open questions", "Talk through the offer", "First call", "Ask for the decision maker"),
    "email": ("Send information", "Answer questions", "Send references", "Follow up on the call", "Send dates"),
    "meeting": ("Meet the team", "Workshop on needs", "Review with purchasing", "Meet the decision maker"),
    "demo": ("Show the product", "Demo for the users", "Second demo with IT"),
    "proposal": ("Send the proposal", "Send the revised proposal"),
    "task": ("Prepare the offer", "Check the contract", "Work out the price"),
    "note": ("Note after the call", "What they use today", "Who decides"),
}
REMARKS = (
    "They want to decide this quarter.", "Budget is not released yet.", "Wants references from the same industry.",
    "Compares us with one other supplier.", "Asked for a discount.", "The users like it; purchasing is slow.",
    "Needs a data processing agreement.", "New contact since the reorganisation.", "Would start with one site.",
)  # fmt: skip
COMPETITORS = ("Quarvel", "Ostimo", "Brightfen", "Nuvadesk")

_HEADS = (
    "Bral", "Cor", "Dren", "Fal", "Gran", "Hald", "Jor", "Kel", "Lum", "Mar", "Nor", "Orv", "Pel", "Quor", "Rav", "Sel",
    "Tarn", "Ulv", "Ven", "Wex", "Yor", "Zan",
)  # fmt: skip
_TAILS = (
    "adel", "brik", "denna", "eska", "fyr", "gard", "hava", "ilo", "kamp", "lund", "mira", "nova", "orra", "pont",
    "quist", "rona", "stad", "tova", "uvo", "vik", "wyn", "zella",
)  # fmt: skip


def person(random: Random) -> str:
    """First and last name."""
    return f"{random.choice(FIRST_NAMES)} {random.choice(LAST_NAMES)}"


def company(random: Random, industry: str) -> str:
    """A name of two made-up words, the second one of the industry."""
    return f"{random.choice(_HEADS)}{random.choice(_TAILS)} {random.choice(INDUSTRIES[industry])}"


def address(name: str, domain: str) -> str:
    """An e-mail address of a person."""
    return f"{name.lower().replace(' ', '.')}@{domain}"
