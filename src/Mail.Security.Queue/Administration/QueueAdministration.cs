using System.Diagnostics;
using Mail.Security.Delivery;

namespace Mail.Security.Queue;

/// <summary>What an operator may do to queued mail: every wish is checked before it reaches the store.</summary>
/// <param name="store">The queue.</param>
/// <param name="routing">The routes in force.</param>
public sealed class QueueAdministration(IMailQueueStore store, DeliveryRouting routing)
{
    /// <summary>Sets the transport of a message, which no route overrides then. It holds for all its recipients, from their next attempt on, until another is set.</summary>
    /// <param name="message">The message.</param>
    /// <param name="transport">A transport of the catalog in force; empty leaves the message to the routes again.</param>
    /// <param name="cancellationToken">Gives up before the store begins to write.</param>
    /// <returns>What became of it.</returns>
    public async ValueTask<TransportChange> SetTransportAsync(QueueMessageId message, TransportName transport, CancellationToken cancellationToken = default)
    {
        var catalog = routing.Current.Catalog;
        if (!transport.IsEmpty && !catalog.TryGet(transport, out _))
            return new TransportChange.NoSuchTransport(catalog.Names);
        return await store.SetTransportAsync(message, transport, cancellationToken).ConfigureAwait(false) switch
        {
            StoreResult<MessageState>.Stored(MessageState.Queued) => new TransportChange.Done(),
            StoreResult<MessageState>.Stored => new TransportChange.NoSuchMessage(),
            StoreResult<MessageState>.Unavailable(var reason, var detail) => new TransportChange.Unavailable(reason, detail),
            _ => throw new UnreachableException(),
        };
    }
}
