using Org.BouncyCastle.Crypto;
using BouncyCertificate = Org.BouncyCastle.X509.X509Certificate;

namespace Mail.Security.Dane;

/// <summary>A certificate of the library that remembers by which key its signature was proven, so that the path algorithm does not compute it a second time.</summary>
internal sealed class ProvenCertificate(byte[] der) : BouncyCertificate(der)
{
    private AsymmetricKeyParameter? _provenBy;

    /// <summary>Says that the key made the signature: the caller has checked it.</summary>
    public void ProvenBy(AsymmetricKeyParameter key) => _provenBy = key;

    /// <inheritdoc/>
    public override void Verify(AsymmetricKeyParameter key)
    {
        if (_provenBy is null || !_provenBy.Equals(key))
            base.Verify(key);
    }
}
