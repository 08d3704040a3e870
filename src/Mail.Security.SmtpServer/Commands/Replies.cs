namespace Mail.Security.SmtpServer;

/// <summary>Every fixed reply of the server: the one place where codes and enhanced statuses are chosen (RFC 5321 §4.2.2, RFC 5248 §2.4).</summary>
internal static partial class Replies
{
    public static readonly ServerReply Ok = new(250, new(2, 0, 0), "OK");
    public static readonly ServerReply SenderOk = new(250, new(2, 1, 0), "Sender OK");
    public static readonly ServerReply RecipientOk = new(250, new(2, 1, 5), "Recipient OK");
    public static readonly ServerReply Bye = new(221, new(2, 0, 0), "Bye");
    public static readonly ServerReply Help = new(214, new(2, 0, 0), "EHLO HELO MAIL RCPT DATA BDAT RSET NOOP QUIT VRFY HELP STARTTLS AUTH; see RFC 5321");
    public static readonly ServerReply CannotVerify = new(252, new(2, 5, 0), "Cannot verify the address, but will take mail for it or say why not");
    public static readonly ServerReply StartInput = new(354, null, "Send the message, end it with <CRLF>.<CRLF>");
    public static readonly ServerReply ChunkTaken = new(250, new(2, 0, 0), "Chunk received");
    public static readonly ServerReply StartTls = new(220, new(2, 0, 0), "Ready to start TLS");

    // RFC 5321 §4.2.4: 500 for what is not recognised, 502 for what is known and not implemented here.
    public static readonly ServerReply Unrecognized = new(500, new(5, 5, 2), "Command not recognized");
    public static readonly ServerReply NotImplemented = new(502, new(5, 5, 1), "Command not implemented");
    public static readonly ServerReply NotSmtp = new(500, new(5, 5, 2), "This is an SMTP server");

    // RFC 5321 §4.5.3.1.9 names code 500. RFC 5248 §2.4 knows 5.5.6 only for AUTH exchanges; 5.5.2 is the syntax error.
    public static readonly ServerReply LineTooLong = new(500, new(5, 5, 2), "Line too long");
    public static readonly ServerReply BareLineEnd = new(500, new(5, 5, 2), "A line ends with CRLF; bare CR or LF refused");
    public static readonly ServerReply NulInCommand = new(500, new(5, 5, 2), "NUL in command");
    public static readonly ServerReply EightBitCommand = new(500, new(5, 5, 2), "8-bit character in command");

    public static readonly ServerReply NoArguments = new(501, new(5, 5, 4), "No arguments allowed");
    public static readonly ServerReply BadHello = new(501, new(5, 5, 4), "Syntax: EHLO host name or address literal");
    public static readonly ServerReply MailSyntax = new(501, new(5, 5, 4), "Syntax: MAIL FROM:<address> [parameters]");
    public static readonly ServerReply RcptSyntax = new(501, new(5, 5, 4), "Syntax: RCPT TO:<address> [parameters]");
    public static readonly ServerReply VrfySyntax = new(501, new(5, 5, 4), "Syntax: VRFY address");
    public static readonly ServerReply ExpnSyntax = new(501, new(5, 5, 4), "Syntax: EXPN list");
    public static readonly ServerReply BadSender = new(501, new(5, 1, 7), "Bad sender address syntax");
    public static readonly ServerReply BadRecipient = new(501, new(5, 1, 3), "Bad recipient address syntax");
    public static readonly ServerReply ParameterSyntax = new(501, new(5, 5, 4), "Bad parameter syntax");
    public static readonly ServerReply DuplicateParameter = new(501, new(5, 5, 4), "Parameter given twice");
    public static readonly ServerReply BadSize = new(501, new(5, 5, 4), "Syntax: SIZE=number of bytes");
    public static readonly ServerReply BadBody = new(501, new(5, 5, 4), "BODY must be 7BIT or 8BITMIME");
    public static readonly ServerReply BadBodyOrBinary = new(501, new(5, 5, 4), "BODY must be 7BIT, 8BITMIME or BINARYMIME");
    public static readonly ServerReply ChunkSyntax = new(501, new(5, 5, 4), "Syntax: BDAT number of bytes [LAST]");
    public static readonly ServerReply UnknownChunkSize = new(501, new(5, 5, 4), "Syntax: BDAT number of bytes [LAST]; cannot tell where the chunk ends, closing the connection");
    public static readonly ServerReply BadReturn = new(501, new(5, 5, 4), "RET must be FULL or HDRS");
    public static readonly ServerReply BadEnvelopeId = new(501, new(5, 5, 4), "ENVID must be xtext of printable characters, at most 100 long");
    public static readonly ServerReply BadNotify = new(501, new(5, 5, 4), "NOTIFY must be NEVER or a list of SUCCESS, FAILURE and DELAY");
    public static readonly ServerReply BadOriginalRecipient = new(501, new(5, 5, 4), "ORCPT must be a type, a semicolon and xtext, at most 500 long");
    public static readonly ServerReply ParameterValue = new(501, new(5, 5, 4), "Parameter takes no value");
    public static readonly ServerReply UnknownParameter = new(555, new(5, 5, 4), "Parameter not recognized");
    public static readonly ServerReply ParametersNeedEhlo = new(555, new(5, 5, 4), "Parameters are for sessions that began with EHLO");

    public static readonly ServerReply HelloFirst = new(503, new(5, 5, 1), "Send EHLO first");
    public static readonly ServerReply MailFirst = new(503, new(5, 5, 1), "Send MAIL first");
    public static readonly ServerReply NestedMail = new(503, new(5, 5, 1), "A mail transaction is open already");
    public static readonly ServerReply ChunkingNeedsEhlo = new(503, new(5, 5, 1), "BDAT is for sessions that began with EHLO");
    public static readonly ServerReply InsideChunks = new(503, new(5, 5, 1), "The message is under way by BDAT; go on with it or send RSET");
    public static readonly ServerReply BinaryByData = new(503, new(5, 5, 1), "A BINARYMIME message must be sent by BDAT");
    public static readonly ServerReply NoRecipients = new(554, new(5, 5, 1), "No valid recipients");
    public static readonly ServerReply TlsAlready = new(503, new(5, 5, 1), "TLS is in use already");
    public static readonly ServerReply TlsRequired = new(530, new(5, 7, 0), "Must issue a STARTTLS command first");
    public static readonly ServerReply XclientNotAllowed = new(550, new(5, 7, 0), "XCLIENT is not for you");
    public static readonly ServerReply XclientSyntax = new(501, new(5, 5, 4), "Syntax: XCLIENT attribute=value ...");
    public static readonly ServerReply NotServed = new(503, new(5, 5, 1), "No service for you; send QUIT");

    // RFC 6531 §3.5: 550 where MAIL, 553 where RCPT needs an ASCII address.
    public static readonly ServerReply SenderNotAscii = new(550, new(5, 6, 7), "Non-ASCII sender needs the SMTPUTF8 parameter");
    public static readonly ServerReply RecipientNotAscii = new(553, new(5, 6, 7), "Non-ASCII recipient needs SMTPUTF8 in MAIL");

    public static readonly ServerReply TooManyRecipients = new(452, new(4, 5, 3), "Too many recipients");
    public static readonly ServerReply TooManyDomains = new(452, new(4, 5, 3), "Too many recipient domains in one session");
    public static readonly ServerReply TooLarge = new(552, new(5, 3, 4), "Message size exceeds fixed maximum message size");
    public static readonly ServerReply BareLineEndInData = new(550, new(5, 5, 2), "Message refused: bare CR or LF in it");
    public static readonly ServerReply NulInData = new(550, new(5, 5, 2), "Message refused: NUL in it");
    public static readonly ServerReply LocalError = new(451, new(4, 3, 0), "Local error in processing, try again later");

    public static readonly ServerReply TimedOut = new(421, new(4, 4, 2), "Timeout, closing the connection");
    public static readonly ServerReply TooManyErrors = new(421, new(4, 7, 0), "Too many errors, closing the connection");
    public static readonly ServerReply TooManyIdleCommands = new(421, new(4, 7, 0), "Too many commands without mail, closing the connection");
    public static readonly ServerReply TooManyTransactions = new(421, new(4, 7, 0), "Too many messages in one session, closing the connection");
    public static readonly ServerReply HandlerTimedOut = new(421, new(4, 3, 0), "Local processing took too long, closing the connection");
    public static readonly ServerReply ShuttingDown = new(421, new(4, 3, 2), "Service shutting down, closing the connection");
    public static readonly ServerReply ClearTextBehindStartTls = new(503, new(5, 5, 1), "STARTTLS must be the last command of a group, closing the connection");
}
