using HiEndMae.Engine.Data.Cases;

namespace HiEndMae.Engine.Data.Cache;

/// <summary>Keeps prepared cases. Any number of threads may use it.</summary>
public interface ICaseCache
{
    /// <summary>Opens a case that was kept.</summary>
    /// <param name="key">What the case is made from.</param>
    /// <param name="id">Id that the opened case gets.</param>
    /// <returns>Null if the case is not there.</returns>
    PreparedCase? Find(CaseKey key, string id);

    /// <summary>Keeps a case.</summary>
    /// <param name="key">What the case is made from.</param>
    /// <param name="prepared">The case, in native memory. The cache becomes its owner, unless this method throws.</param>
    /// <returns>The case to use from now on, in place of <paramref name="prepared"/>.</returns>
    /// <exception cref="CacheLimitException">There is no room for it.</exception>
    /// <exception cref="HiEndMae.Imaging.DiskFullException">The disk is full.</exception>
    PreparedCase Keep(CaseKey key, PreparedCase prepared);
}
