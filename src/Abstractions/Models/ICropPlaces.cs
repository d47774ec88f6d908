namespace HiEndMae;

/// <summary>Implemented by configs of pretext tasks whose crops have given places, each with a class. The loader then draws from these places, and <see cref="PretextBatch.Classes"/> has the class of each crop.</summary>
public interface ICropPlaces
{
    /// <summary>Reads the places. It is called once, before the cases are prepared. Without places, crops are random as usual and have no classes.</summary>
    /// <exception cref="PluginException">The places cannot be read.</exception>
    IReadOnlyList<CropPlace> Places();
}
