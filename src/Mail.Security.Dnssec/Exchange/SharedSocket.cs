using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Mail.Security.Dnssec;

/// <summary>One connected UDP socket, the questions on their way over it, and whoever reads their answers while there are any.</summary>
internal sealed class SharedSocket : IDisposable
{
    // Answers to so many fit into what the system keeps for a socket, however late they are read.
    private const int MaxWaiting = 64;

    // Those whose answers may still come keep their numbers; with many of them the socket is not used for others.
    private const int MaxAbandoned = 1024;

    private readonly Lock _lock = new();
    private readonly Socket _socket;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(DatagramExchange.MaxDatagram);
    private readonly Dictionary<ushort, SharedQuestion> _waiting = [];
    private readonly HashSet<ushort> _abandoned = [];
    private bool _isReading;
    private bool _isAtEnd;

    public SharedSocket(IPEndPoint server)
    {
        _socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.Connect(server);        // datagrams from elsewhere never reach us; nothing is sent
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>True when it takes no more questions.</summary>
    public bool IsAtEnd
    {
        get
        {
            lock (_lock)
                return _isAtEnd;
        }
    }

    /// <summary>Takes a question and gives it a number nobody else has; false when there is no place.</summary>
    public bool TryAdd(SharedQuestion question)
    {
        lock (_lock)
        {
            if (_abandoned.Count >= MaxAbandoned && _waiting.Count == 0)
                End();
            if (_isAtEnd || _waiting.Count >= MaxWaiting || _abandoned.Count >= MaxAbandoned)
                return false;
            ushort id;
            do
                id = NewId();
            while (_abandoned.Contains(id) || !_waiting.TryAdd(id, question));
            (question.Id, question.Socket) = (id, this);
            return true;
        }
    }

    /// <summary>Sends a question that was taken, and sees to it that somebody reads.</summary>
    public async ValueTask SendAsync(byte[] query)
    {
        await _socket.SendAsync(query, SocketFlags.None, CancellationToken.None).ConfigureAwait(false);
        lock (_lock)
        {
            if (_isReading || _isAtEnd || _waiting.Count == 0)
                return;
            _isReading = true;
        }
        // Whoever reads does it for all: what flows with this caller stays with him.
        if (ExecutionContext.IsFlowSuppressed())
        {
            _ = ReadAsync();
            return;
        }
        using (ExecutionContext.SuppressFlow())
            _ = ReadAsync();
    }

    /// <summary>Takes a question back. With nobody left to wait, a read on its way is ended, and the socket with it.</summary>
    public void Remove(SharedQuestion question)
    {
        lock (_lock)
        {
            if (_waiting.GetValueOrDefault(question.Id) != question)
                return;
            _waiting.Remove(question.Id);
            _abandoned.Add(question.Id);
            if (_waiting.Count == 0 && _isReading)
                End();
        }
    }

    /// <summary>Ends the socket and all who wait.</summary>
    public void Break(Exception exception)
    {
        SharedQuestion[] waiting;
        lock (_lock)
        {
            End();
            waiting = [.. _waiting.Values];
            _waiting.Clear();
        }
        foreach (var question in waiting)
            question.Fail(exception);
    }

    public void Dispose() => Break(new ObjectDisposedException(nameof(DnssecResolver)));

    private void End()
    {
        _isAtEnd = true;
        _socket.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            for (var isLast = false; !isLast;)
            {
                var receive = ReceiveAsync();
                var cameAtOnce = receive.IsCompleted;
                var length = await receive.ConfigureAwait(false);
                var answered = Match(_buffer.AsSpan(0, length), out isLast);
                // Who waits for the last one goes on here; while there are others it is read on. A chain of answers that are there at once must not grow the stack.
                if (isLast && !cameAtOnce)
                    answered?.Execute();
                else if (answered is not null)
                    ThreadPool.UnsafeQueueUserWorkItem(answered, preferLocal: false);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            Break(exception);
        }
    }

    // On Windows a message that is too long is an error of the socket; elsewhere it comes cut off. It is nobody's.
    private async ValueTask<int> ReceiveAsync()
    {
        try
        {
            return await _socket.ReceiveAsync(_buffer, SocketFlags.None, CancellationToken.None).ConfigureAwait(false);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.MessageSize)
        {
            return 0;
        }
    }

    // The question that a message answers, and whether nobody waits any more.
    private SharedQuestion? Match(ReadOnlySpan<byte> datagram, out bool isLast)
    {
        SharedQuestion? addressee = null;
        var (id, isLate) = ((ushort)0, false);
        if (datagram.Length >= DnsMessage.HeaderLength)
        {
            id = BinaryPrimitives.ReadUInt16BigEndian(datagram);
            lock (_lock)
                isLate = !_waiting.TryGetValue(id, out addressee) && _abandoned.Remove(id);
        }
        if (addressee is not null && DnsMessageReader.Read(datagram.ToArray(), addressee.Question, id, out var message) is var fault and not MessageFault.Mismatched)
            addressee.Tell(fault, message);
        else if (!isLate)
            CountStranger(addressee);
        lock (_lock)
        {
            if (addressee is not null && (!addressee.IsTold || !_waiting.Remove(id)))
                addressee = null;
            isLast = _waiting.Count == 0;
            if (isLast)
                _isReading = false;
            return addressee;
        }
    }

    // A message to nobody may be meant for any of them; too many are the end of the wait.
    private void CountStranger(SharedQuestion? addressee)
    {
        lock (_lock)
        {
            foreach (var question in addressee is not null ? [addressee] : _waiting.Values.ToArray())
            {
                if (++question.Strangers.Count < DatagramExchange.MaxStrangers || !_waiting.Remove(question.Id))
                    continue;
                question.Tell(MessageFault.Mismatched, null);
                ThreadPool.UnsafeQueueUserWorkItem(question, preferLocal: false);
            }
        }
    }

    private static ushort NewId()
    {
        Span<byte> id = stackalloc byte[2];
        RandomNumberGenerator.Fill(id);
        return BinaryPrimitives.ReadUInt16BigEndian(id);
    }
}
