namespace HiEndMae.Engine.Data.Cache;

/// <summary>Where prepared cases stay while a stage runs. For any number of threads.</summary>
public interface ICaseStorage
{
    /// <summary>A case that was prepared before, in the same way.</summary>
    /// <param name="source">The case.</param>
    /// <param name="preparation">How it is prepared, as text.</param>
    /// <returns>Null where there is none.</returns>
    StoredCase? Find(DatasetCase source, string preparation);

    /// <summary>Keeps a case.</summary>
    /// <exception cref="CacheLimitException">There is no room.</exception>
    StoredCase Keep(DatasetCase source, string preparation, PackedCase packed);
}
