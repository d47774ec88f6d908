namespace HiEndMae.Reports.Figures;

/// <summary>A font of five by eight pixels, so that pictures are the same on every machine, with or without installed fonts.</summary>
internal static class PixelFont
{
    private const int Width = 5, Height = 8, Advance = Width + 1;
    private const string Letters = "%()+,-./0123456789:=?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

    // One byte per row; the lowest five bits are the pixels from left to right.
    private static readonly byte[] Rows = Convert.FromHexString(
        "1919020408131300020408080804020008040202020408000000040E04000000" + // % ( ) +
        "00000000000404080000000E0000000000000000000C0C000101020408101000" + // , - . /
        "0E11131519110E00040C040404040E000E11010608101F000E11010601110E00" + // 0 1 2 3
        "02060A121F0202001F101E0101110E000608101E11110E001F01020404080800" + // 4 5 6 7
        "0E11110E11110E000E11110F01020C00000004000000040000000E000E000000" + // 8 9 : =
        "0E110102040004000E11111F111111001E11111E11111E000F10101010100F00" + // ? A B C
        "1E11111111111E001F10101E10101F001F10101E101010000F10101311110F00" + // D E F G
        "1111111F111111000E04040404040E000702020202120C001112141814121100" + // H I J K
        "1010101010101F00111B15151111110011191915131311000E11111111110E00" + // L M N O
        "1E11111E101010000E11111115120D001E11111E141211000F10100E01011E00" + // P Q R S
        "1F040404040404001111111111110E0011111111110A040011111115151B1100" + // T U V W
        "11110A040A11110011110A04040404001F01020408101F000000000000001F00" + // X Y Z _
        "00000E010F110F0010101E1111111E0000000F1010100F0001010F1111110F00" + // a b c d
        "00000E111F100F0006081E080808080000000F11110F010E10101E1111111100" + // e f g h
        "04000C0404040E00020006020202020C10101214181412000C04040404040E00" + // i j k l
        "00001A151515150000001E111111110000000E1111110E0000001E11111E1010" + // m n o p
        "00000F11110F0101000016181010100000000F100E011E0008081E0808080600" + // q r s t
        "0000111111110F0000001111110A04000000151515150A000000110A040A1100" + // u v w x
        "00001111110F010E00001F0204081F00" // y z
    );

    /// <summary>Height of a line in pixels.</summary>
    public static int LineHeight(int scale) => (Height + 2) * scale;

    /// <summary>Returns the width of a text in pixels.</summary>
    public static int WidthOf(string text, int scale) => text.Length * Advance * scale;

    /// <summary>Shortens a text so that it fits.</summary>
    public static string Fit(string text, int width, int scale)
    {
        int most = Math.Max(0, width / (Advance * scale));
        return text.Length <= most ? text : most < 3 ? text[..most] : text[..(most - 2)] + "..";
    }

    /// <summary>Draws a text. Characters that the font lacks become question marks.</summary>
    public static void Draw(Canvas canvas, int left, int top, string text, int scale, uint color)
    {
        foreach (char letter in text)
        {
            int glyph = Letters.IndexOf(letter, StringComparison.Ordinal);
            if (glyph < 0) glyph = Letters.IndexOf('?', StringComparison.Ordinal);
            for (int row = 0; letter != ' ' && row < Height; row++)
            {
                for (int column = 0; column < Width; column++)
                {
                    if ((Rows[glyph * Height + row] >> (Width - 1 - column) & 1) != 0) canvas.Fill(left + column * scale, top + row * scale, scale, scale, color);
                }
            }
            left += Advance * scale;
        }
    }
}
