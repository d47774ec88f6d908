namespace HiEndMae.Imaging.Files;

/// <summary>Reads images whose channels are in separate files.</summary>
public static class ChannelFiles
{
    /// <summary>Reads an image from one file, or from one file per channel.</summary>
    /// <param name="files">Files in the order of the channels.</param>
    /// <param name="cancel">Stops between slabs.</param>
    /// <exception cref="VolumeException">A file cannot be read, or one of several files has more than one channel or another grid than the first.</exception>
    public static Volume<float> Read(IReadOnlyList<string> files, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(files);
        Volume<float> first = VolumeReader.ReadImage(files[0], cancel);
        if (files.Count == 1) return first;
        var grid = new VolumeGrid(first.Size, first.Affine);
        var voxels = new float[checked(files.Count * first.Size.Count)];
        for (int channel = 0; channel < files.Count; channel++)
        {
            Volume<float> volume = channel == 0 ? first : VolumeReader.ReadImage(files[channel], cancel);
            if (volume.Channels != 1) throw new VolumeException($"'{files[channel]}' has {volume.Channels} channels; a file of its own has one.");
            volume = LabelGrid.Align(volume, grid, $"'{files[channel]}'", $"its image '{files[0]}'");
            volume.Voxels.CopyTo(voxels.AsSpan(checked((int)(channel * first.Size.Count))));
        }
        return new Volume<float>(files.Count, first.Size, first.Affine, voxels);
    }
}
