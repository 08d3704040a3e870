namespace Mail.Security.Transports;

/// <summary>Asks several verifiers, every one of which must authenticate the peer: MTA-STS in enforce mode beside DANE (RFC 8461 §2).</summary>
public sealed class AllVerifier : PeerVerifier
{
    private readonly PeerVerifier[] _verifiers;

    /// <summary>Joins verifiers.</summary>
    /// <param name="verifiers">At least one; the order is that of asking.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    public AllVerifier(params PeerVerifier[] verifiers)
    {
        ArgumentNullException.ThrowIfNull(verifiers);
        if (verifiers.Length == 0)
            throw new ArgumentException("Of no verifiers none can object.", nameof(verifiers));
        _verifiers = [.. verifiers];
        PolicyKey = $"all({string.Join("; ", _verifiers.Select(verifier => verifier.PolicyKey))})";
    }

    /// <inheritdoc/>
    public override string PolicyKey { get; }

    /// <inheritdoc/>
    /// <returns>
    /// The first rejection; a rejection of its own when a verifier proves nothing; otherwise <see cref="PeerVerdict.Authenticated"/> with
    /// all methods and all evidence.
    /// </returns>
    public override PeerVerdict Verify(in PeerCertificates peer)
    {
        var proofs = new List<PeerVerdict.Authenticated>(_verifiers.Length);
        foreach (var verifier in _verifiers)
        {
            switch (verifier.Verify(peer))
            {
                case PeerVerdict.Authenticated proof:
                    proofs.Add(proof);
                    break;
                case PeerVerdict.Rejected rejected:
                    return rejected;
                default:
                    return new PeerVerdict.Rejected(PeerRejection.Unspecified, $"\"{verifier.PolicyKey}\" proves nothing about the peer");
            }
        }
        return new PeerVerdict.Authenticated(string.Join('+', proofs.Select(proof => proof.Method)), string.Join("; ", proofs.Select(proof => proof.Evidence)));
    }
}
