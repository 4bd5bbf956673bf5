"""Why a file of the bank is refused, in words for who uploaded it."""


class UnreadableStatement(Exception):
    """Nothing of the file is taken in; the message says why."""


class TooLarge(UnreadableStatement):
    """More bytes than a statement has."""


class NotXml(UnreadableStatement):
    """Not XML, not whole, or not in the encoding that it names."""


class HasDocumentType(UnreadableStatement):
    """A document type or entities: no bank sends them."""


class NotCamt053(UnreadableStatement):
    """Another kind of document, another version, or none of the statements that it should hold."""


class Malformed(UnreadableStatement):
    """Something that every statement has is missing, or is not what the standard says."""


class OtherAccount(UnreadableStatement):
    """A statement of an account that is not ours."""


class OtherCurrency(UnreadableStatement):
    """An amount that is not in euro."""


class DoesNotAddUp(UnreadableStatement):
    """The opening balance and the booked entries do not make the closing balance."""


class ToldTwice(UnreadableStatement):
    """The same statement stands twice in the file."""
