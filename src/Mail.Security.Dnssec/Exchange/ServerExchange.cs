using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using DnsClient;

namespace Mail.Security.Dnssec;

/// <summary>Asks one server one question: over UDP, and over TCP when the answer is truncated. Here socket exceptions end.</summary>
internal sealed class ServerExchange(IPEndPoint server, DnssecMode mode, TimeSpan timeout, TimeProvider time, DnssecMeters meters) : IDisposable
{
    private readonly SharedDatagrams? _shared = IPAddress.IsLoopback(server.Address) ? new(server) : null;

    private enum Transport : byte
    {
        Udp,
        Tcp,
    }

    public IPEndPoint Server => server;

    /// <summary>Asks.</summary>
    /// <param name="question">The question.</param>
    /// <param name="cancellationToken">Ends the wait with an exception; the time limit of the server does not.</param>
    public async ValueTask<Reply> AskAsync(Question question, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(Transport.Udp, question, cancellationToken).ConfigureAwait(false);
        // RFC 7766 §5: nothing in a truncated answer is used.
        if (reply is not Reply.Answered { Message.IsTruncated: true })
            return reply;
        reply = await AskAsync(Transport.Tcp, question, cancellationToken).ConfigureAwait(false);
        return reply is Reply.Failed failed ? failed with { IsTruncated = true } : reply;
    }

    /// <summary>Closes the sockets that are kept.</summary>
    public void Dispose() => _shared?.Dispose();

    private async ValueTask<Reply> AskAsync(Transport transport, Question question, CancellationToken cancellationToken)
    {
        var reply = await ExchangeAsync(transport, question, cancellationToken).ConfigureAwait(false);
        meters.Exchanged(transport.ToString(), (reply as Reply.Failed)?.Reason);
        return reply;
    }

    private async ValueTask<Reply> ExchangeAsync(Transport transport, Question question, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var strangers = new StrangerCount();
        try
        {
            var (fault, message) = transport == Transport.Tcp
                ? await StreamExchange.AskAsync(server, QueryWriter.Write(question, NewId(), mode), question, either.Token).ConfigureAwait(false)
                : _shared is not null ? await _shared.AskAsync(question, mode, strangers, either.Token).ConfigureAwait(false)
                : await DatagramExchange.AskAsync(server, QueryWriter.Write(question, NewId(), mode), question, strangers, either.Token).ConfigureAwait(false);
            return Judge(transport, fault, message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return strangers.Count > 0
                ? Fail(transport, DnsFailure.Mismatched, "only answers to another question came")
                : Fail(transport, DnsFailure.Timeout, string.Create(CultureInfo.InvariantCulture, $"no answer within {timeout.TotalSeconds:0.###} s"));
        }
        catch (SocketException exception)
        {
            return Fail(transport, DnsFailure.Network, exception.SocketErrorCode.ToString());
        }
        catch (IOException exception)       // a stream wraps the socket's exception; its end within a message is one of its own
        {
            return Fail(transport, DnsFailure.Network, exception.InnerException is SocketException inner ? inner.SocketErrorCode.ToString() : "the connection ended within an answer");
        }
    }

    private Reply Judge(Transport transport, MessageFault fault, DnsMessage? message)
    {
        if (fault == MessageFault.Mismatched)
            return Fail(transport, DnsFailure.Mismatched, "only answers to another question came");
        if (fault == MessageFault.Malformed)
            return Fail(transport, DnsFailure.Malformed, "an answer that cannot be read");
        if (message!.IsTruncated)
            return transport == Transport.Udp ? new Reply.Answered(message) : Fail(transport, DnsFailure.Malformed, "an answer truncated even over TCP");
        // RFC 8914 §3: an extended error explains a response code, and makes no other code of it.
        return message.Code switch
        {
            DnsResponseCode.NoError when message.IsReferral => Fail(transport, DnsFailure.ServerFailure, "a referral: the server does not resolve for us"),
            DnsResponseCode.NoError or DnsResponseCode.NotExistentDomain => new Reply.Answered(message),
            // Where answers are validated here, what a server makes of signatures is a failure of its own: another one is asked.
            DnsResponseCode.ServerFailure when message.Error is { IsDnssecFailure: true } && mode != DnssecMode.Validate => Fail(transport, DnsFailure.Bogus, "SERVFAIL", message.Error),
            DnsResponseCode.ServerFailure => Fail(transport, DnsFailure.ServerFailure, "SERVFAIL", message.Error),
            DnsResponseCode.Refused => Fail(transport, DnsFailure.Refused, "REFUSED", message.Error),
            DnsResponseCode.NotImplemented => Fail(transport, DnsFailure.NotImplemented, "NOTIMP", message.Error),
            DnsResponseCode.FormatError => Fail(transport, DnsFailure.Malformed, "FORMERR", message.Error),
            _ => Fail(transport, DnsFailure.ServerFailure, string.Create(CultureInfo.InvariantCulture, $"response code {(int)message.Code}"), message.Error),
        };
    }

    private Reply.Failed Fail(Transport transport, DnsFailure reason, string what, ExtendedDnsError? error = null) =>
        new(reason, error, $"{server} ({transport.ToString().ToUpperInvariant()}): {what}");

    private static ushort NewId()
    {
        Span<byte> id = stackalloc byte[2];
        RandomNumberGenerator.Fill(id);
        return BinaryPrimitives.ReadUInt16BigEndian(id);
    }
}
