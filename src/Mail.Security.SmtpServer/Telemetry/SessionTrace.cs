using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Mail.Security.SmtpServer;

/// <summary>
/// The activities of one session: one for itself, and one for each transaction from MAIL on, which is the parent of whatever the handler starts. Without a listener there are none.
/// </summary>
internal sealed class SessionTrace(SmtpSessionInfo session)
{
    private static readonly ActivitySource Source = new(SmtpServerMetrics.MeterName);

    private Activity? _session;
    private Activity? _transaction;

    /// <summary>What is under way: the transaction, else the session; null when nobody listens.</summary>
    public Activity? Current => _transaction ?? _session;

    public void StartSession()
    {
        _session = Start("smtp.session");
        if (_session is null)
            return;
        _session.SetTag("smtp.session", session.Id).SetTag("network.protocol.name", "smtp").SetTag("network.transport", "tcp");
        Tell(_session, "network.peer", session.RemoteEndPoint);
        Tell(_session, "network.local", session.LocalEndPoint);
    }

    /// <summary>Ends the session, and a transaction that is still open.</summary>
    public void EndSession(SessionEndReason reason, string detail)
    {
        EndTransaction("aborted", default, 0, 0);
        if (_session is not { } activity)
            return;
        _session = null;
        if (session.ProxyEndPoint is not null)
            Tell(activity, "client", session.RemoteEndPoint);
        TellTls(activity);
        activity.SetTag("smtp.end", reason.ToString()).SetTag("smtp.messages", session.AcceptedMessages);
        // A refused, a patient and a polite client are no errors.
        if (reason is not (SessionEndReason.Quit or SessionEndReason.ClientClosed or SessionEndReason.Shutdown or SessionEndReason.Refused or SessionEndReason.TooManyTransactions))
            activity.SetStatus(ActivityStatusCode.Error, detail).SetTag("error.type", reason.ToString());
        Stop(activity);
    }

    public void StartTransaction()
    {
        if (!Source.HasListeners())
            return;
        // A child of the session whatever ran last, and current within the handler's calls only.
        var outer = Activity.Current;
        if (_session is not null)
            Activity.Current = _session;
        _transaction = Start("smtp.transaction");
        Activity.Current = outer;
        if (_transaction is null)
            return;
        _transaction.SetTag("smtp.session", session.Id);
        Tell(_transaction, "client", session.RemoteEndPoint);
        TellTls(_transaction);
    }

    /// <summary>The transaction was given up by RSET, EHLO, STARTTLS or XCLIENT.</summary>
    public void ResetTransaction() => EndTransaction("reset", default, 0, 0);

    /// <summary>Ends the transaction, if there is one, with what came of it: accepted, refused, aborted or reset.</summary>
    public void EndTransaction(string result, ServerReply reply, int recipients, long size)
    {
        if (_transaction is not { } activity)
            return;
        _transaction = null;
        activity.SetTag("smtp.result", result).SetTag("smtp.recipients", recipients).SetTag("smtp.size", size);
        if (reply.Code != 0)
            activity.SetTag("smtp.response.code", reply.Code).SetTag("smtp.response.status", reply.Status?.ToString());
        if (result is "refused" or "aborted")
            activity.SetStatus(ActivityStatusCode.Error, result == "refused" ? reply.Text : "broken off").SetTag("error.type", reply.Code != 0 ? reply.Code.ToString(CultureInfo.InvariantCulture) : result);
        Stop(activity);
    }

    /// <summary>A handler threw this.</summary>
    public void AddException(Exception exception)
    {
        try
        {
            Current?.AddException(exception);
        }
        catch (Exception)
        {
            // As below.
        }
    }

    // A listener that throws must not break off a session. An activity whose start it broke off would stay current for ever.
    private static Activity? Start(string name)
    {
        var outer = Activity.Current;
        try
        {
            return Source.StartActivity(name, ActivityKind.Server);
        }
        catch (Exception)
        {
            Activity.Current = outer;
            return null;
        }
    }

    private static void Stop(Activity activity)
    {
        try
        {
            activity.Dispose();
        }
        catch (Exception)
        {
            Activity.Current = activity.Parent;
        }
    }

    private static void Tell(Activity activity, string prefix, EndPoint? end)
    {
        if (end is not IPEndPoint { Address: var address, Port: var port })
            return;
        activity.SetTag(prefix + ".address", (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString()).SetTag(prefix + ".port", port);
    }

    private void TellTls(Activity activity)
    {
        if (session.Tls is { } tls)
            activity.SetTag("tls.protocol.name", "tls").SetTag("tls.protocol.version", tls.ProtocolName["TLS".Length..]).SetTag("tls.cipher", tls.Cipher.ToString());
    }
}
