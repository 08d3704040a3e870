namespace Mail.Security.Dnssec;

/// <summary>A question on its way over a socket that others use too.</summary>
internal sealed class SharedQuestion(Question question, StrangerCount strangers) : TaskCompletionSource<(MessageFault Fault, DnsMessage? Message)>, IThreadPoolWorkItem
{
    private (MessageFault, DnsMessage?) _result;

    public Question Question => question;

    public StrangerCount Strangers => strangers;

    /// <summary>What tells its answer from others; given by the socket.</summary>
    public ushort Id { get; set; }

    public SharedSocket? Socket { get; set; }

    /// <summary>Whether it is known what came.</summary>
    public bool IsTold { get; private set; }

    /// <summary>Takes what came; whoever waits is told of it by <see cref="Execute"/>.</summary>
    public void Tell(MessageFault fault, DnsMessage? message) => (_result, IsTold) = ((fault, message), true);

    /// <summary>Tells who waits, and goes on with him.</summary>
    public void Execute() => TrySetResult(_result);

    /// <summary>Takes it back: nothing was sent, and nobody waits.</summary>
    public void Withdraw()
    {
        Socket!.Remove(this);
        _ = Task.Exception;         // looked at, if others ended the socket meanwhile
    }

    /// <summary>Ends the wait; an answer that comes late is nobody's.</summary>
    public void Abandon(CancellationToken cancellationToken)
    {
        Socket!.Remove(this);
        TrySetCanceled(cancellationToken);
    }
}
